"""Threads as pages: told, answered, once, with nothing lost; who sees what; and what a page costs."""

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import func, select

from forum.domain.moderation import hiding, locking
from forum.domain.threads import read_marks
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, ReadMark, Thread
from tests.factories import (
    STORY,
    actor,
    join,
    make_member,
    make_post,
    make_space,
    make_thread,
    sign_in,
    submit,
)
from tests.web.test_drafts import form_of
from tests.web_pages import confirm


@pytest.fixture
def page(client, leen):
    """Reads a page as Leen."""
    sign_in(client, leen)

    def read(path):
        db.session.commit()
        return client.get(path)

    return read


def at(thread):
    return f"/threads/{thread.id}-{thread.slug}"


def words(answer):
    return answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_a_story_is_told_and_can_be_read(client, gent, leen):
    sign_in(client, leen)
    answer = submit(client, f"/spaces/{gent.slug}/threads", STORY | {"idempotency_key": str(uuid.uuid4())})
    assert answer.status_code == 303
    shown = words(client.get(answer.location))
    for piece in (
        "Who rings back?",
        "<strong>three</strong>",
        "onthaal",
        "Huisbezoek",
        "field worker",
        "city of Gent",
    ):
        assert piece in shown


def test_a_double_click_tells_it_once(client, gent, leen):
    sign_in(client, leen)
    story = STORY | {"idempotency_key": str(uuid.uuid4())}
    first, second = (submit(client, f"/spaces/{gent.slug}/threads", story) for _turn in range(2))
    assert first.location == second.location
    assert db.session.scalar(select(func.count(Thread.id))) == 1


@pytest.mark.parametrize(("field", "value", "message"), [
    ("title", " ", "This is your first sentence now."),
    ("body", "", "Write something first."),
    ("body", "x" * 20_001, "Your text has 20,001 characters. At most 20,000 are allowed."),
    ("audience", "", "Choose who may read this."),
    ("need", "nonsense", "Not a valid choice."),
    ("tags", "a,b,c,d,e,f", "Choose at most 5 tags."),
])  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(client, gent, leen, field, value, message):
    sign_in(client, leen)
    answer = submit(client, f"/spaces/{gent.slug}/threads", STORY | {field: value})
    shown = words(answer)
    assert answer.status_code == 422
    assert message in shown
    if field != "body":
        assert "We tried it for **three** months." in shown
    if field != "title":
        assert "Who rings back?" in shown


def test_a_title_of_signs_only_counts_as_none(client, gent, leen):
    sign_in(client, leen)
    answer = submit(client, f"/spaces/{gent.slug}/threads", STORY | {"title": "\u202e\u200b"})
    assert answer.status_code == 422
    assert "This is your first sentence now." in words(answer)


def test_the_composer_says_who_will_read_it(client, gent, leen):
    make_member("Karim", space=make_space("Genk", city="genk"))
    sign_in(client, leen)
    shown = words(client.get(f"/spaces/{gent.slug}/threads/new"))
    assert "Only people who belong to Gent can read this: 1 member." in shown
    assert "Everyone in the network can read this: 2 members." in shown
    assert "Everybody can read this, also without an account: 2 members, and every visitor." in shown
    closed = make_space("Stil", unlisted=True)
    join(leen, closed)
    assert "Everyone in the network" not in words(client.get(f"/spaces/{closed.slug}/threads/new"))


def test_a_space_wider_than_allowed_is_no_choice(client, leen):
    closed = make_space("Klein", widest=Audience.SPACE)
    join(leen, closed)
    sign_in(client, leen)
    assert submit(client, f"/spaces/{closed.slug}/threads", STORY).status_code == 422


def test_only_who_belongs_gets_the_composer(client, gent):
    sign_in(client, make_member("Karim", space=make_space("Genk", city="genk")))
    assert client.get(f"/spaces/{gent.slug}/threads/new").status_code == 403
    assert submit(client, f"/spaces/{gent.slug}/threads", STORY).status_code == 403


def test_who_belongs_to_several_spaces_is_not_asked_which_first(client, gent, leen):
    sign_in(client, leen)
    assert client.get("/threads/new").location == f"/spaces/{gent.slug}/threads/new"
    other = make_space("Wonen")
    join(leen, other, Role.GUEST)
    db.session.commit()
    assert client.get("/threads/new").location == f"/spaces/{gent.slug}/threads/new"
    assert f'<option value="{other.slug}">' in words(client.get(f"/spaces/{gent.slug}/threads/new"))


def test_an_answer_lands_under_the_thread(client, gent, leen):
    thread = make_thread(gent, leen)
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    sign_in(client, karim)
    said = {"body": "With us too.", "kind": "objection", "idempotency_key": "a"}
    answer = submit(client, f"/threads/{thread.id}/replies", said)
    assert answer.location == f"{at(thread)}#post-2"
    again = submit(client, f"/threads/{thread.id}/replies", said)
    assert again.location == answer.location
    shown = words(client.get(at(thread)))
    assert "With us too." in shown
    assert "Objection" in shown
    assert "2 cities in conversation" in shown


def test_an_empty_answer_and_one_that_came_too_late_keep_their_words(client, gent, leen):
    thread = make_thread(gent, leen)
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    sign_in(client, leen)
    empty = submit(client, f"/threads/{thread.id}/replies", {"body": " "})
    assert (empty.status_code, "Write something first." in words(empty)) == (422, True)
    locking.lock(actor(moderator), thread.id)
    db.session.commit()
    late = submit(client, f"/threads/{thread.id}/replies", {"body": "I was still writing this."})
    assert late.status_code == 403
    assert "I was still writing this." in words(late)
    assert "A moderator has closed this thread." in words(late)


@pytest.mark.parametrize("asked", [{}, {"preview": "1"}])
def test_a_reply_to_a_thread_that_was_closed_meanwhile_is_kept_to_copy(client, gent, leen, asked):
    thread = make_thread(gent, leen)
    sign_in(client, leen)
    form = form_of(words(client.get(at(thread))), f"reply:{thread.id}")
    locking.lock(actor(make_member("Mo", space=gent, role=Role.MODERATOR)), thread.id)
    db.session.commit()
    late = submit(client, f"/threads/{thread.id}/replies", form | {"body": "I was still writing."} | asked)
    assert late.status_code == 303
    shown = words(client.get(late.location))
    assert "A moderator has closed this thread." in shown
    assert "Not sent. What you wrote is kept in your drafts." in shown
    assert "I was still writing.</textarea>" in shown
    later = words(client.get(at(thread)))
    assert f'href="{late.location}"' in later
    assert "Post reply" not in later


@pytest.mark.parametrize("asked", [{}, {"preview": "1"}])
def test_a_change_of_a_post_in_a_thread_that_was_closed_meanwhile_is_kept_to_copy(client, gent, leen, asked):
    thread = make_thread(gent, leen)
    post = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    sign_in(client, leen)
    form = form_of(words(client.get(f"/posts/{post.id}/revisions/new")), f"edit:{post.id}")
    typed = form | {"title": thread.title, "body": "I was still changing.", "seen_revision": 1}
    locking.lock(actor(make_member("Mo", space=gent, role=Role.MODERATOR)), thread.id)
    db.session.commit()
    late = submit(client, f"/posts/{post.id}/revisions", typed | asked)
    assert late.status_code == 303
    shown = words(client.get(late.location))
    assert "A moderator has closed this thread." in shown
    assert "I was still changing.</textarea>" in shown
    sign_in(client, make_member("Karim", space=gent))
    other = submit(client, f"/posts/{post.id}/revisions", typed | {"idempotency_key": str(uuid.uuid4())})
    assert other.status_code == 403, "a post of somebody else has no draft to keep"


def test_a_visitor_reads_public_threads_only_and_is_asked_to_sign_in(client, gent, leen):
    public = make_thread(gent, leen, audience=Audience.PUBLIC)
    closed = make_thread(gent, leen)
    db.session.commit()
    shown = words(client.get(at(public), headers={"Accept-Language": "en"}))
    assert "three months" in shown
    assert "<textarea" not in shown
    assert client.get(at(closed)).status_code == 404
    assert client.get(f"/threads/{closed.id}").status_code == 404
    assert client.get(f"/threads/{public.id}").location == at(public)
    assert client.get(f"/threads/{public.id}-another-name").location == at(public)


def test_pages_hold_twenty_and_lead_to_each_other(page, gent, leen):
    thread = make_thread(gent, leen)
    for _turn in range(40):
        make_post(thread, leen)
    second = words(page(f"{at(thread)}?page=2"))
    assert second.count('<article class="reply"') == 20
    assert 'rel="next"' in second
    assert 'rel="prev"' in second
    assert page(f"{at(thread)}?page=4").status_code == 404
    assert page(f"{at(thread)}?page=nonsense").status_code == 200


@pytest.mark.both_databases
def test_reading_is_remembered_and_what_is_new_is_marked(page, gent, leen):
    thread = make_thread(gent, leen)
    karim = make_member("Karim", space=gent)
    make_post(thread, karim)
    page(at(thread))
    assert db.session.scalar(select(ReadMark.last_number)) == 2
    make_post(thread, karim)
    shown = words(page(at(thread)))
    assert "1 new since your last visit" in shown
    assert "new since your last visit" not in words(page(at(thread)))


def test_words_taken_back_and_hidden_words_leave_their_place(page, gent, leen):
    thread = make_thread(gent, leen)
    karim = make_member("Karim", space=gent)
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    hidden = make_post(thread, karim, "He lives in the Veldstraat.")
    hiding.hide(actor(moderator), hidden.id, reason="Somebody can be recognised")
    db.session.commit()
    shown = words(page(at(thread)))
    assert "This post is hidden." in shown
    assert "Veldstraat" not in shown
    assert "recognised" not in shown


def test_a_moderator_closes_reopens_and_narrows_from_the_page(client, gent, leen):
    thread = make_thread(gent, leen)
    sign_in(client, make_member("Mo", space=gent, role=Role.MODERATOR))
    shown = words(client.get(at(thread)))
    assert "Make a lesson of this" in shown
    assert f'action="/threads/{thread.id}/lock"' in shown
    submit(client, f"/threads/{thread.id}/lock", {"reason": "Done"})
    assert "Reopen this thread" in words(client.get(at(thread)))
    submit(client, f"/threads/{thread.id}/lock", {"_method": "delete"})
    confirm(client, f"/threads/{thread.id}/audience", {"audience": "space", "reason": "Of Jan."})
    db.session.expire_all()
    kept = db.session.get(Thread, thread.id)
    assert (kept.locked_at, kept.audience) == (None, Audience.SPACE)
    title = f'name="title" value="{thread.title}"'
    assert title not in words(client.get(at(thread))), "what a closed thread is called stays in its space"
    kept.audience = Audience.NETWORK
    assert title in words(client.get(at(thread)))
    assert submit(client, f"/threads/{thread.id}/audience", {"audience": "public"}).status_code == 403


def test_the_starter_widens_while_alone(client, gent, leen):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    sign_in(client, leen)
    assert "Now only this space reads this." in words(client.get(at(thread)))
    confirm(client, f"/threads/{thread.id}/audience", {"audience": "network"})
    make_post(thread, make_member("Karim", space=gent))
    db.session.commit()
    assert "Now only this space reads this." not in words(client.get(at(thread)))
    assert submit(client, f"/threads/{thread.id}/audience", {"audience": "public"}).status_code == 403


@pytest.mark.both_databases
def test_a_page_of_twenty_posts_costs_eight_queries_at_most_however_long_the_thread(
    page, gent, leen, count_queries
):
    people = [make_member(f"P{n}", space=gent) for n in range(5)]
    small, large = make_thread(gent, leen, tags=("one",)), make_thread(gent, leen, tags=("two",))
    for thread, number in ((small, 3), (large, 60)):
        for turn in range(number):
            make_post(thread, people[turn % 5])
        read_marks.mark_read(actor(leen), thread.id, first=1, last=1000)
    db.session.commit()
    page(at(small))
    with count_queries() as few:
        page(at(small))
    with count_queries() as many:
        page(f"{at(large)}?page=2")
    assert few.count == many.count <= 8
    assert db.session.scalar(select(func.count(Post.id))) == 65


def test_the_answer_begins_with_its_text_and_says_who_speaks_and_who_reads(client, gent, leen):
    thread = make_thread(gent, leen)
    sign_in(client, leen)
    shown = words(client.get(at(thread)))
    form = shown[shown.index('id="answer"') :]
    assert form.index('name="body"') < form.index('name="kind"') < form.index("You write as")
    assert "You write as <b>Leen, field worker, field work, city of Gent</b>." in form
    assert re.search(
        r'<input[^>]*checked[^>]*name="kind"[^>]*value=""', form
    )  # left open until one is chosen
    left_open = {"body": "With us too.", "kind": "", "idempotency_key": "a"}
    assert submit(client, f"/threads/{thread.id}/replies", left_open).status_code == 303
    assert "You write as" not in words(client.application.test_client().get(at(thread)))


def test_a_reader_without_a_function_today_answers_under_the_name_alone(client, gent, leen):
    thread = make_thread(gent, leen)
    db.session.scalars(select(Capacity).where(Capacity.member_id == leen.id)).one().ends_on = date(2026, 1, 1)
    sign_in(client, leen)
    assert "You write as <b>Leen</b>." in words(client.get(at(thread)))
