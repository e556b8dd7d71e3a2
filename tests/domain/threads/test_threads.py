"""Threads: who begins and answers them, once; who reads them; and twenty people at the same moment."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from forum.domain.threads import lists as thread_lists
from forum.domain.threads import page as thread_page
from forum.domain.threads import read_marks, space_activity, threads
from forum.infra import rates
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostKind, PostRevision, Thread
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread


def begin(who, space, **over):
    words = {
        "title": "Who rings back?",
        "body": "We tried it for **three** months.",
        "need": Need.STORIES,
        "axis": Axis.SOLIDARITY,
        "audience": Audience.NETWORK,
        "idempotency_key": str(uuid.uuid4()),
    }
    return threads.start(actor(who), space.id, **(words | over))


def answer(who, thread, body="With us too.", **over):
    return threads.reply(
        actor(who),
        thread.id,
        body=body,
        idempotency_key=over.pop("idempotency_key", str(uuid.uuid4())),
        **over,
    )


def test_a_thread_keeps_its_words_and_the_capacity_of_its_author(gent, leen):
    thread = begin(
        leen, gent, title="  Who \n rings\u202e back? ", tags=["Onthaal", "#onthaal", "huisbezoek"]
    )
    post = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    revision = db.session.scalars(select(PostRevision)).one()
    assert (thread.title, thread.slug, thread.cities) == ("Who rings back?", "who-rings-back", ["gent"])
    assert (thread.post_count, thread.last_number, post.number) == (1, 1, 1)
    assert thread.summary == "We tried it for three months."
    assert "<strong>three</strong>" in post.html
    assert post.capacity_id is not None
    assert (revision.plain, revision.title) == ("We tried it for three months.", "Who rings back?")
    assert [tag.name for tag in thread_page.page(actor(leen), thread.id).tags] == ["huisbezoek", "Onthaal"]


def test_each_thread_shows_its_tags_as_they_were_spelt_there_and_all_are_found_together(gent, leen):
    closed = make_space("Closed")
    insider = make_member("Karim", space=closed)
    inner = begin(insider, closed, audience=Audience.SPACE, tags=["Nog Geheim"])
    outer = begin(leen, gent, tags=["nog  geheim"])
    assert [tag.name for tag in thread_page.page(actor(insider), inner.id).tags] == ["Nog Geheim"]
    assert [tag.name for tag in thread_page.page(actor(leen), outer.id).tags] == ["nog geheim"]
    assert thread_page.page(actor(insider), inner.id).tags[0].slug == "nog-geheim"
    found = thread_lists.latest(actor(leen), tag="nog-geheim").rows
    assert [card.id for card in found] == [outer.id]


def test_the_same_form_twice_makes_one_thread_and_one_reply(gent, leen):
    idempotency_key = str(uuid.uuid4())
    first, second = (begin(leen, gent, idempotency_key=idempotency_key) for _turn in range(2))
    assert first.id == second.id
    karim = make_member("Karim", space=gent)
    assert (
        answer(karim, first, idempotency_key=idempotency_key).id
        == answer(karim, first, idempotency_key=idempotency_key).id
    )
    assert first.last_number == 2
    assert answer(leen, first).number == 3


def test_one_key_of_two_people_makes_two_replies(gent, leen):
    thread, key = begin(leen, gent), str(uuid.uuid4())
    karim = make_member("Karim", space=gent)
    mine, theirs = (answer(person, thread, idempotency_key=key) for person in (leen, karim))
    assert (mine.author_id, theirs.author_id) == (leen.id, karim.id)
    assert (mine.number, theirs.number) == (2, 3)
    titles = select(PostRevision.title).where(PostRevision.post_id == theirs.id)
    assert db.session.scalars(titles).all() == [""], "only an opening post has a title"


def test_nobody_answers_a_locked_or_hidden_thread(gent, leen):
    thread = begin(leen, gent)
    for moment in ("locked_at", "hidden_at"):
        setattr(thread, moment, thread.created_at)
        db.session.flush()
        with pytest.raises(Forbidden):
            answer(leen, thread)
        setattr(thread, moment, None)
        db.session.flush()
    assert answer(leen, thread).number == 2


def test_beginning_and_answering_are_counted_and_a_form_sent_twice_counts_once(app, gent, leen, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(threads, "MOST_STARTS", "2 per hour")
    monkeypatch.setattr(threads, "MOST_REPLIES", "1 per hour")
    rates.reset()
    key = str(uuid.uuid4())
    first, again = begin(leen, gent, idempotency_key=key), begin(leen, gent, idempotency_key=key)
    assert first is again
    begin(leen, gent, title="Another")
    with pytest.raises(rates.TooOften):
        begin(leen, gent, title="A third")
    said = answer(leen, first, idempotency_key=key)
    assert said.number == 2, "answers have a count of their own"
    assert answer(leen, first, idempotency_key=key) is said
    with pytest.raises(rates.TooOften):
        answer(leen, first, "With us not.")
    begin(make_member("Karim", space=gent), gent)
    rates.reset()


def test_threads_and_answers_are_counted_under_names_that_stay(gent, leen, monkeypatch):
    spent = []
    monkeypatch.setattr(rates, "spend", lambda name, subject, *, limit: spent.append((name, subject)))
    answer(leen, begin(leen, gent))
    assert spent == [(name, f"member:{leen.id}") for name in ("render", "thread", "render", "reply")]


@pytest.mark.parametrize(("field", "over"), [
    ("title", {"title": " \u202e "}),
    ("title", {"title": "x" * 161}),
    ("body", {"body": " \n "}),
    ("body", {"body": "x" * 20_001}),
    ("tags", {"tags": list("abcdef")}),
    ("tags", {"tags": ["x" * 41]}),
])  # fmt: skip
def test_words_that_cannot_be_meant_are_refused_at_their_field(gent, leen, field, over):
    with pytest.raises(Invalid) as refusal:
        begin(leen, gent, **over)
    assert refusal.value.field == field


def test_a_thread_is_never_wider_than_its_space(leen):
    closed = make_space("Klein", widest=Audience.SPACE)
    join(leen, closed)
    with pytest.raises(Invalid) as refusal:
        begin(leen, closed)
    assert refusal.value.field == "audience"
    assert begin(leen, closed, audience=Audience.SPACE).audience == Audience.SPACE


def test_only_who_belongs_begins_a_thread(gent):
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    with pytest.raises(Forbidden):
        begin(karim, gent)
    unlisted = make_space("Stil", unlisted=True)
    with pytest.raises(NotFound):
        begin(karim, unlisted, audience=Audience.SPACE)


def test_members_of_other_cities_answer_a_thread_of_the_network_and_guests_only_where_they_are(gent, leen):
    thread = begin(leen, gent)
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    post = answer(karim, thread, kind=PostKind.OBJECTION)
    assert (post.number, post.kind, thread.cities) == (2, PostKind.OBJECTION, ["gent", "genk"])
    assert thread.answered_at == post.created_at
    guest = make_member("Hanne", space=make_space("Wonen"), role=Role.GUEST)
    with pytest.raises(NotFound):
        answer(guest, thread)
    join(guest, gent, Role.GUEST)
    assert answer(guest, thread).number == 3


def test_a_reply_by_the_starter_is_no_answer(gent, leen):
    thread = begin(leen, gent)
    answer(leen, thread)
    assert thread.answered_at is None
    other = make_member("Karim", space=gent)
    assert [space_activity.news(actor(who))[gent.id].waiting for who in (leen, other)] == [0, 1]


def test_only_a_moderator_speaks_as_moderator(gent, leen):
    thread = begin(leen, gent)
    with pytest.raises(Forbidden):
        answer(leen, thread, kind=PostKind.MODERATION)


def test_lists_filter_by_need_axis_and_tag_and_page_by_key(gent, leen):
    made = [make_thread(gent, leen, title=f"Talk {n}", tags=("fiets",) if n % 2 else ()) for n in range(5)]
    make_thread(gent, leen, title="Facts", need=Need.FACTS, axis=Axis.DENSITY)
    who = actor(leen)
    first = thread_lists.latest(who, need="stories", limit=3)
    rest = thread_lists.latest(who, need="stories", limit=3, cursor=first.next_cursor)
    assert [card.id for card in first.rows + rest.rows] == [thread.id for thread in reversed(made)]
    assert rest.next_cursor is None
    assert [card.title for card in thread_lists.latest(who, axis="kwalitatieve-densiteit").rows] == ["Facts"]
    assert {card.title for card in thread_lists.latest(who, tag="fiets").rows} == {"Talk 1", "Talk 3"}
    assert len(thread_lists.latest(who, need="nonsense", axis="nonsense").rows) == 6


def test_new_counts_others_words_since_the_mark_and_since_all_was_read(gent, leen):
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, leen)
    for _turn in range(3):
        make_post(thread, karim)
    who = actor(leen)

    def new():
        return thread_lists.latest(who).rows[0].new_count

    assert new() == 3
    read_marks.mark_read(who, thread.id, first=1, last=3)
    assert new() == 1
    read_marks.mark_read(who, thread.id, first=1, last=2)
    assert new() == 1
    page = thread_page.page(who, thread.id)
    assert [post.number for post in page.posts if post.is_new] == [4]
    assert (page.read_number, page.new_count, page.last_shown) == (3, 1, 4)
    read_marks.mark_all_read(who)
    assert new() == 0


def test_a_page_holds_twenty_posts_by_number(gent, leen):
    thread = make_thread(gent, leen)
    for _turn in range(20):
        make_post(thread, leen)
    page = thread_page.page(None, make_thread(gent, leen, audience=Audience.PUBLIC).id)
    assert (page.pages, page.may_reply.allowed) == (1, False)
    second = thread_page.page(actor(leen), thread.id, 2)
    assert ([post.number for post in second.posts], second.pages) == ([21], 2)
    for number in (0, 3):
        with pytest.raises(NotFound):
            thread_page.page(actor(leen), thread.id, number)


def test_the_cities_of_the_week_are_those_the_reader_may_hear(gent, leen):
    make_thread(gent, leen, audience=Audience.SPACE)
    genk = make_space("Genk", city="genk")
    karim = make_member("Karim", space=genk)
    make_thread(genk, karim, audience=Audience.PUBLIC)
    assert set(thread_lists.cities_of_the_week(actor(leen))) == {"gent", "genk"}
    assert thread_lists.cities_of_the_week(None) == thread_lists.cities_of_the_week(actor(karim)) == ["genk"]


@pytest.mark.live
def test_twenty_at_once_get_twenty_numbers_and_one_form_gives_one_post(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        people = [make_member(f"P{n}", space=gent) for n in range(10)]
        thread = make_thread(gent, people[0])
        db.session.commit()
        thread_id, space_id, ids = thread.id, gent.id, [person.id for person in people]
        whos = {person.id: actor(person) for person in people}
    same = str(uuid.uuid4())

    def send(turn):
        with live_app.app_context():
            idempotency_key = str(uuid.uuid4()) if turn < 20 else same
            who = whos[ids[turn % 10] if turn < 20 else ids[0]]
            number = threads.reply(
                who, thread_id, body=f"At once {min(turn, 20)}", idempotency_key=idempotency_key
            ).number
            db.session.commit()
            return number

    def open_talk(turn):
        with live_app.app_context():
            begun = threads.start(
                whos[ids[0]], space_id, title="Once", body="One.", need=Need.FACTS, axis=Axis.DENSITY,
                audience=Audience.SPACE, tags=("one",), idempotency_key=same,
            )  # fmt: skip
            db.session.commit()
            return begun.id

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(send, range(40)))
        begun = set(pool.map(open_talk, range(20)))
    assert sorted(set(numbers)) == list(range(2, 23))
    assert len(set(numbers[20:])) == 1
    assert len(begun) == 1
    with live_app.app_context():
        thread = db.session.get(Thread, thread_id)
        assert (thread.last_number, thread.post_count) == (22, 22)
        assert db.session.scalar(select(func.count(Thread.id))) == 2
