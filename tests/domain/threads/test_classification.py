"""What a thread is about, changed later: by its author or a moderator, kept, and in the log of the space."""

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.lessons import lessons
from forum.domain.moderation import hiding, locking
from forum.domain.spaces import memberships
from forum.domain.themes import tags as tagging
from forum.domain.threads import classification, lists, posts
from forum.domain.threads import page as thread_page
from forum.infra import rates
from forum.infra.db import db
from forum.models.classification import ThreadChange
from forum.models.spaces import Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

SAME = {"need": Need.STORIES, "axis": Axis.SOLIDARITY, "tags": ("night", "care")}


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen, tags=("care", "night"))


def classify(member, thread, **changes):
    return classification.classify(actor(member), thread.id, **{**SAME, **changes})


def kept(thread):
    rows = db.session.scalars(
        select(ThreadChange).where(ThreadChange.thread_id == thread.id).order_by(ThreadChange.id)
    )
    return [(row.part.value, row.before, row.after) for row in rows]


def log(moderator, space):
    return audit_log.page(actor(moderator), space.id).rows


def history(member, thread):
    page = thread_page.page(actor(member) if member else None, thread.id)
    return [(one.who, one.changes) for one in page.changes]


def tag_names(thread):
    return [tag.name for tag in tagging.of_thread(thread.id)]


def test_the_author_changes_each_part_and_only_what_differs_is_kept(gent, leen, moderator, thread):
    classify(leen, thread, need=Need.FACTS)
    classify(leen, thread, need=Need.FACTS, axis=Axis.DENSITY)
    classify(leen, thread, need=Need.FACTS, axis=Axis.DENSITY, tags=("#Night", "  bikes "))
    assert (thread.need, thread.axis, tag_names(thread)) == (Need.FACTS, Axis.DENSITY, ["bikes", "Night"])
    assert kept(thread) == [
        ("need", "stories", "facts"),
        ("axis", "solidaire-stadspolis", "kwalitatieve-densiteit"),
        ("tags", "care, night", "bikes, Night"),
    ]
    assert log(moderator, gent) == [], "what authors do with their own is no moderation"
    assert history(leen, thread)[0] == ("Leen", (("tags", "care, night", "bikes, Night"),))


def test_the_same_again_changes_nothing_whatever_the_order_and_the_spelling(leen, thread):
    for tags in (("night", "care"), ("care", "NIGHT", "care")):
        classify(leen, thread, tags=tags, seen_change=999)
    assert (kept(thread), tag_names(thread)) == ([], ["care", "night"])
    with pytest.raises(Invalid) as refusal:
        classify(leen, thread, tags=("a", "b", "c", "d", "e", "f"))
    assert (refusal.value.field, kept(thread)) == ("tags", [])


def test_a_moderator_changes_it_and_it_is_in_the_log_with_what_it_was(gent, moderator, thread):
    locking.lock(actor(moderator), thread.id)
    classify(moderator, thread, axis=Axis.DENSITY, tags=())
    line, earlier = log(moderator, gent)
    assert (line.action, line.actor_name, line.thread_title) == ("classify", "Wouter", thread.title)
    assert line.changes == (
        ("axis", "solidaire-stadspolis", "kwalitatieve-densiteit"),
        ("tags", "care, night", ""),
    )
    assert (earlier.action, earlier.changes) == ("lock", ())


def test_others_change_nothing_and_what_is_hidden_looks_absent(gent, leen, thread):
    karim = make_member("Karim", space=gent)
    elsewhere = make_member("Mo", space=make_space("Genk", city="genk"), role=Role.MODERATOR)
    for person in (karim, elsewhere):
        with pytest.raises(Forbidden):
            classify(person, thread, need=Need.FACTS)
        with pytest.raises(Forbidden):
            classification.current(actor(person), thread.id)
    closed = make_thread(gent, leen, audience="space")
    for ask in (classify, lambda person, one: classification.current(actor(person), one.id)):
        with pytest.raises(NotFound):
            ask(elsewhere, closed)
    assert (thread.need, kept(thread), kept(closed)) == (Need.STORIES, [], [])
    classify(leen, thread, need=Need.FACTS)
    assert thread.need == Need.FACTS


def test_the_author_of_a_closed_or_hidden_thread_waits_for_the_moderators(leen, moderator, thread):
    opening = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    for close, reopen in (
        (
            lambda: locking.lock(actor(moderator), thread.id),
            lambda: locking.reopen(actor(moderator), thread.id),
        ),
        (
            lambda: hiding.hide(actor(moderator), opening.id, reason="A name."),
            lambda: hiding.restore(actor(moderator), opening.id),
        ),
    ):
        close()
        with pytest.raises(Forbidden):
            classify(leen, thread, need=Need.FACTS)
        reopen()
    classify(leen, thread, need=Need.FACTS)
    assert thread.need == Need.FACTS


def test_nobody_reads_or_changes_what_went_with_the_opening_words(gent, leen, moderator, thread):
    make_post(thread, make_member("Karim", space=gent))
    classify(moderator, thread, tags=("secret",))
    opening = db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    posts.take_back(actor(leen), opening.id)
    for person in (leen, moderator):
        with pytest.raises(Forbidden):
            classification.current(actor(person), thread.id)
        assert history(person, thread) == []
    (line,) = log(moderator, gent)
    assert (line.thread_title, line.changes) == ("", ())
    posts.put_back(actor(leen), opening.id)
    assert history(moderator, thread)[0].count("Wouter") == 1


def test_a_change_based_on_an_older_state_is_refused(gent, leen, moderator, thread):
    classify(leen, make_thread(gent, leen), need=Need.ACTION, tags=())
    _thread, first = classification.current(actor(leen), thread.id)
    assert (first.last_change, first.tags) == (0, ("care", "night")), (
        "changes of another thread are none of this"
    )
    classify(moderator, thread, axis=Axis.DENSITY, seen_change=first.last_change)
    _thread, second = classification.current(actor(leen), thread.id)
    classify(moderator, thread, axis=Axis.INNOVATION, seen_change=second.last_change)
    for outdated in (first, second):
        with pytest.raises(Conflict):
            classify(leen, thread, need=Need.FACTS, seen_change=outdated.last_change)
    assert (thread.need, thread.axis) == (Need.STORIES, Axis.INNOVATION)
    _thread, now = classification.current(actor(leen), thread.id)
    classify(leen, thread, need=Need.FACTS, axis=Axis.INNOVATION, seen_change=now.last_change)
    assert thread.need == Need.FACTS


def test_changes_are_counted(app, monkeypatch, leen, thread):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(classification, "MOST_CHANGES", "1 per hour")
    rates.reset()
    classify(leen, thread, need=Need.FACTS)
    classify(leen, thread, need=Need.FACTS)  # nothing changes, so nothing is counted
    with pytest.raises(rates.TooOften):
        classify(leen, thread, need=Need.ACTION)
    assert thread.need == Need.FACTS
    rates.reset()


def test_who_reads_the_history_gets_what_they_may_know(gent, leen, moderator):
    thread = make_thread(gent, leen, audience="public", tags=("care", "night"))
    colleague = make_member("Ann", space=gent)
    reader = make_member("Karim", space=make_space("Genk", city="genk"))
    classify(moderator, thread, tags=("care",))
    classify(leen, thread, tags=("care",), need=Need.FACTS)
    named, unnamed = ("tags", "care, night", "care"), ("tags", "", "")
    own = ("Leen", (("need", "stories", "facts"),))
    for member, expected in (
        (leen, ("Wouter", (named,))),
        (moderator, ("Wouter", (named,))),
        (colleague, ("Wouter", (unnamed,))),
        (reader, ("", (unnamed,))),  # who moderates a space is for the people of that space
        (None, ("", (unnamed,))),
    ):
        assert history(member, thread) == [own, expected]
    memberships.remove(actor(moderator), gent.id, leen.id, reason="Moved to another city.")
    assert history(leen, thread)[1][0] == "Wouter", "an author always knows who changed their thread"
    assert history(colleague, thread)[1][0] == "Wouter"


def test_lists_follow(gent, leen, thread):
    join(reader := make_member("Karim", space=gent), make_space("Genk"))
    before = lists.latest(actor(reader), need="stories", tag="night").rows
    assert [card.id for card in before] == [thread.id]
    classify(leen, thread, need=Need.FACTS, tags=("bikes",))
    for filters, found in (
        ({"need": "stories"}, []),
        ({"tag": "night"}, []),
        ({"need": "facts", "tag": "bikes", "axis": "solidaire-stadspolis"}, [thread.id]),
    ):
        assert [card.id for card in lists.latest(actor(reader), **filters).rows] == found
    assert thread.last_post_at == thread.created_at, "it is no news"


def test_a_lesson_keeps_what_it_was_made_about(moderator, leen, thread):
    lesson = lessons.draft(actor(moderator), thread.id, title="Take turns")
    classify(leen, thread, need=Need.FACTS, axis=Axis.DENSITY)
    version = lessons.working(lesson)
    assert (version.axis, version.needs) == (Axis.SOLIDARITY, ["stories"])
    assert thread.axis == Axis.DENSITY
