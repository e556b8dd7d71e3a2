"""Leave words out of a post: they leave every text and every copy, and undo brings them back unless more came."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.moderation import copied_words, deleting, hiding, leaving_out, retitling, sealing, undo
from forum.domain.threads import history, posts, threads
from forum.domain.threads import page as thread_page
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.sealing import Sealing
from forum.models.spaces import Role
from forum.models.summaries import SummarySentence, SummaryVersion
from forum.models.threads import Post, PostRevision
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases
NAME = "Jan Peeters"
MARK = "[weggelaten door een moderator]"


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


def opening(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def last_act(kind=UndoKind.LEAVE_OUT):
    query = select(UndoableAct).where(UndoableAct.kind == kind).order_by(UndoableAct.id.desc()).limit(1)
    return db.session.scalars(query).one()


def shown(reader, thread, number):
    return str(thread_page.page(actor(reader), thread.id).posts[number - 1].html)


def in_tables():
    """Every text in the tables that anything but undo reads."""
    columns = (PostRevision.body, PostRevision.plain, PostRevision.title, Post.html, SummarySentence.words)
    found = [str(value) for column in columns for value in db.session.scalars(select(column))]
    return " ".join([*found, *map(str, db.session.scalars(select(Draft.fields)))])


@pytest.mark.parametrize(
    "body",
    [
        "I met Jan Peeters at the school.",
        "I met **Jan** Peeters, and *jan\npeeters* again.",
        "I met Jan **Pee**ters at the school.",
        "See [him](https://stad.test/jan-peeters) or <https://stad.test/?wie=Jan%20Peeters>.",
        "1. Jan Peeters\n2. Somebody else\n\n> JAN PEETERS said so\n\n`Jan Peeters`",
        "    Jan Peeters\n    in code",
        "Jan Peeters",
        "[Jan Peeters][1]\n\n[1]: https://stad.test/Jan_Peeters",
    ],
)
def test_the_words_leave_the_post_however_they_stand_in_it(body, gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, body)
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="Somebody can be recognised")
    html = shown(karim, thread, 2)
    assert MARK in html
    assert "eeters" not in in_tables().lower()
    assert "eeters" not in html.lower()
    undo.undo(actor(moderator), last_act().id)
    assert text.plain(shown(karim, thread, 2)) == text.plain(text.render(body))
    assert MARK not in shown(karim, thread, 2)
    assert thread_page.page(actor(karim), thread.id).posts[1].edited_at is None


def test_earlier_texts_lose_them_and_are_sealed_for_everybody(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "I met Jan Peeters.")
    posts.edit(actor(karim), post.id, body="I met somebody.", seen_revision=1)
    with pytest.raises(Invalid):
        leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    posts.edit(actor(karim), post.id, body="I met Jan Peeters twice.", seen_revision=2)
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    for reader in (karim, moderator, leen):
        versions = history.of_post(actor(reader), post.id).versions
        assert [(one.number, one.hidden) for one in versions] == [
            (4, False),
            (3, True),
            (2, False),
            (1, True),
        ]
        assert "Peeters" not in str(versions)
    undo.undo(actor(moderator), last_act().id)
    assert not any(
        one.hidden for one in history.of_post(actor(leen), post.id).versions[1:] if one.number != 4
    )


def test_the_title_goes_with_them(gent, leen, moderator, karim):
    thread = make_thread(gent, leen, title="About Jan Peeters")
    retitling.retitle(actor(moderator), thread.id, title="Jan Peeters again", reason="Clearer")
    leaving_out.leave_out(actor(moderator), opening(thread).id, words=NAME, reason="A name")
    page = thread_page.page(actor(karim), thread.id)
    assert (page.title, "peeters" in page.slug) == (f"{MARK} again", False)
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), last_act(UndoKind.RETITLE).id)
    undo.undo(actor(moderator), last_act().id)
    assert thread_page.page(actor(karim), thread.id).title == "Jan Peeters again"
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), last_act(UndoKind.RETITLE).id)


def test_a_quote_of_half_of_them_loses_its_words_too(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "We asked Jan Peeters for help.")
    # "asked Jan", of which a part is the name; and "for help".
    for start, end in ((2, 10), (17, 24)):
        body = f"[quote 2: {start}-{end}]\n\nIndeed."
        threads.reply(actor(leen), thread.id, body=body, idempotency_key=str(uuid.uuid4()))
    assert "asked Jan" in shown(moderator, thread, 3)
    assert "for help" in shown(moderator, thread, 4)
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    assert ("Jan" in shown(moderator, thread, 3), "for help" in shown(moderator, thread, 4)) == (False, True)
    undo.undo(actor(moderator), last_act().id)
    assert "asked Jan" in shown(moderator, thread, 3)


def test_copies_in_summaries_and_drafts_go_with_them(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "We asked Jan Peeters.")
    now = clock.now()
    version = SummaryVersion(thread_id=thread.id, number=1, editor_id=leen.id, created_at=now, last_number=2)
    db.session.add(version)
    db.session.flush()
    db.session.add(SummarySentence(version_id=version.id, position=1, words="Ask Jan Peeters."))
    kept = {"changed_at": now, "check_at": now, "revision": 1}
    for form, subject_id, member in (("edit", post.id, karim), ("reply", thread.id, leen)):
        fields = {"body": "I asked jan peeters too."}
        draft = Draft(
            member_id=member.id, idempotency_key=form, form=form, subject_id=subject_id, fields=fields
        )
        for name, value in kept.items():
            setattr(draft, name, value)
        db.session.add(draft)
    db.session.flush()
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    assert "eeters" not in in_tables()
    undo.undo(actor(moderator), last_act().id)
    assert in_tables().lower().count("jan peeters") >= 4


def test_other_posts_are_named_to_the_moderator_and_stay(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post, other = make_post(thread, karim, "Ask Jan Peeters."), make_post(thread, leen, "Jan Peeters, yes.")
    found = copied_words.elsewhere(actor(moderator), thread, post, NAME)
    assert found.posts == ((3, other.id),)
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    assert NAME in shown(karim, thread, 3)


def test_undo_is_refused_once_anything_came_after(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)

    def left(body="Ask Jan Peeters now."):
        post = make_post(thread, karim, body)
        leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
        return post, last_act()

    post, act = left()
    posts.edit(actor(karim), post.id, body="Ask me.", seen_revision=2)
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
    post, act = left()
    hiding.hide(actor(moderator), post.id, reason="Loud")
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
    post, act = left()
    deleting.delete(actor(moderator), post.id, reason="Loud")
    deletion = last_act(UndoKind.DELETE_POST)
    undo.undo(actor(moderator), deletion.id)
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
    post, act = left("Ask Jan Peeters and An Smet.")
    leaving_out.leave_out(actor(moderator), post.id, words="An Smet", reason="A name")
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
    assert "eeters" not in in_tables()
    post, act = left()
    with clock.at(clock.now() + timedelta(minutes=10)):
        with pytest.raises(Conflict):
            undo.undo(actor(moderator), act.id)
        sealing.forget_due(db.session.flush)
    assert "eeters" not in str(db.session.scalars(select(Sealing.kept)).all())


def test_only_moderators_and_never_in_their_own(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post, own = make_post(thread, karim, "Ask Jan Peeters."), make_post(thread, moderator, "Jan Peeters.")
    other = make_member("Rik", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for who, which in ((leen, post), (karim, post), (other, post), (moderator, own)):
        with pytest.raises((Forbidden, NotFound)):
            leaving_out.leave_out(actor(who), which.id, words=NAME, reason="A name")
    for words, reason, field in (
        ("x", "A name", "words"),
        (NAME, "", "reason"),
        (NAME, "jan peeters", "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            leaving_out.leave_out(actor(moderator), post.id, words=words, reason=reason)
        assert refused.value.field == field
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
