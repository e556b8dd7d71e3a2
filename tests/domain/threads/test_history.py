"""The history of a post: who reads it, what it says of each change, and what nobody finds there any more."""

from datetime import timedelta

import pytest

from forum.domain.audit import log as audit_log
from forum.domain.moderation import hiding, revisions, undo
from forum.domain.threads import classification, history, posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

SECRET = "Veldstraat"


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


def edited(thread, author, *texts):
    """A post that said each of these, one after another."""
    post = make_post(thread, author, texts[0])
    for number, body in enumerate(texts[1:], 1):
        posts.edit(actor(author), post.id, body=body, seen_revision=number)
    return post


def said(reader, post):
    """All words that the history shows, as (number, kind, text)."""
    found = history.of_post(actor(reader) if reader else None, post.id)
    return [
        (version.number, *piece)
        for version in found.versions
        for piece in (*(version.title or ()), *(version.text or ()))
    ]


def shows(reader, post, words):
    return any(words in text for _number, _kind, text in said(reader, post))


def test_each_version_says_what_it_changed(gent, leen, karim):
    post = edited(
        make_thread(gent, leen), leen, "We call on Monday.", "We call on Friday.", "We call on **Friday**."
    )
    found = history.of_post(actor(karim), post.id)
    assert [version.number for version in found.versions] == [3, 2, 1]
    layout, change, first = found.versions
    assert [piece for piece in change.text if piece[0] != "same"] == [
        ("removed", "Monday"),
        ("added", "Friday"),
    ]
    assert layout.is_layout, "the words stayed, so what was typed is compared"
    assert (first.text, first.is_first, found.versions[0].is_present) == (
        [("same", "We call on Monday.")], True, True,
    )  # fmt: skip


def test_a_title_is_compared_too(gent, leen):
    thread = make_thread(gent, leen, title="Who calls?")
    opening = history.of_post(actor(leen), _opening(thread).id)
    assert opening.versions[0].title == [("same", "Who calls?")]
    posts.edit(
        actor(leen),
        opening.post_id,
        title="Who rings?",
        body="We tried it for three months.",
        seen_revision=1,
    )
    changed = history.of_post(actor(leen), opening.post_id).versions[0]
    assert (("removed", "calls") in changed.title, changed.text) == (True, None)


def test_it_is_read_by_who_reads_the_post(gent, leen, karim, moderator):
    post = edited(make_thread(gent, leen, audience=Audience.SPACE), leen, "Before.", "After.")
    public = edited(make_thread(gent, leen, audience=Audience.PUBLIC), leen, "Before.", "After.")
    guest = make_member("Hanne", space=gent, role=Role.GUEST)
    suspended, pending = make_member("Sus", space=gent), make_member("New", space=gent, approved_at=None)
    suspended.suspended_at = clock.now()
    former = make_member("Former")
    join(former, gent).ended_at = clock.now()
    db.session.flush()
    for reader in (leen, moderator, guest):
        assert shows(reader, post, "Before")
    assert shows(None, public, "Before"), "a visitor reads a public post, and what it said"
    for who in (actor(karim), actor(former), None):
        with pytest.raises(NotFound):
            history.of_post(who, post.id)
    with pytest.raises(LookupError):
        actor(suspended)
    for verb in (history.of_post, lambda who, number: revisions.hide(who, number, 1, reason="No")):
        for outsider in (karim, former, pending):
            with pytest.raises(NotFound):
                verb(actor(outsider), post.id)
    for reader in (guest, karim):
        with pytest.raises(Forbidden):
            revisions.hide(actor(reader), public.id, 1, reason="No")


@pytest.mark.parametrize("who", ["author", "moderator"])
def test_hidden_words_are_nowhere_also_not_in_what_stands_beside_them(gent, leen, karim, moderator, who):
    post = edited(
        make_thread(gent, leen),
        leen,
        "We visit her.",
        f"We visit her in the {SECRET}.",
        "We visit her at home.",
    )
    assert shows(karim, post, SECRET)
    hider = leen if who == "author" else moderator
    revisions.hide(actor(hider), post.id, 2, reason="An address")
    for reader in (leen, karim, moderator):
        assert not shows(reader, post, SECRET)
    kept = {version.number: version for version in history.of_post(actor(moderator), post.id).versions}
    assert (kept[2].hidden, kept[2].reason, kept[2].hidden_by_author) == (True, "An address", who == "author")
    assert [piece for piece in kept[3].text if piece[0] == "added"] == [("added", " at home")]
    assert {version.reason for version in history.of_post(actor(karim), post.id).versions} == {""}
    line = audit_log.page(actor(moderator), gent.id).rows[0]
    assert (line.action, line.reason, line.post_number) == ("hide_revision", "An address", 2)
    with pytest.raises(Conflict):
        revisions.hide(actor(hider), post.id, 2, reason="Again")


def test_the_present_text_and_one_without_a_reason_are_not_hidden(gent, leen):
    post = edited(make_thread(gent, leen), leen, "Before.", "After.")
    with pytest.raises(Conflict):
        revisions.hide(actor(leen), post.id, 2, reason="It")
    with pytest.raises(Invalid):
        revisions.hide(actor(leen), post.id, 1, reason=" ")
    with pytest.raises(NotFound):
        revisions.hide(actor(leen), post.id, 9, reason="It")


def test_hiding_is_undone_for_ten_minutes(gent, leen, karim, moderator, monkeypatch):
    post = edited(make_thread(gent, leen), leen, f"In the {SECRET}.", "At home.")
    revisions.hide(actor(leen), post.id, 1, reason="An address")
    act = db.session.scalars(db.select(UndoableAct)).one()
    with pytest.raises(NotFound):
        undo.undo(actor(moderator), act.id)
    undo.undo(actor(leen), act.id)
    assert shows(karim, post, SECRET)
    assert audit_log.page(actor(moderator), gent.id).rows[0].action == "show_revision"
    revisions.hide(actor(leen), post.id, 1, reason="An address")
    last = db.session.scalars(db.select(UndoableAct).order_by(UndoableAct.id.desc())).first()
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Conflict):
        undo.undo(actor(leen), last.id)
    assert not shows(karim, post, SECRET)


def test_a_post_that_is_gone_has_no_history_for_others(gent, leen, karim, moderator):
    post = edited(make_thread(gent, leen), leen, "Before.", "After.")
    hiding.hide(actor(moderator), post.id, reason="To look at")
    assert shows(leen, post, "Before")
    assert shows(moderator, post, "Before")
    with pytest.raises(NotFound):
        history.of_post(actor(karim), post.id)
    posts.take_back(actor(leen), post.id)
    assert shows(leen, post, "Before")
    for reader in (karim, moderator):
        with pytest.raises(NotFound):
            history.of_post(actor(reader), post.id)


def test_what_a_post_was_hidden_for_does_not_come_back_by_its_history(
    gent, leen, karim, moderator, monkeypatch
):
    post = edited(make_thread(gent, leen), leen, f"In the {SECRET}.")
    hiding.hide(actor(moderator), post.id, reason="An address")
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    hiding.restore(actor(moderator), post.id)
    posts.edit(actor(leen), post.id, body="At home.", seen_revision=1)
    posts.edit(actor(leen), post.id, body="At her home.", seen_revision=2)
    assert [version.number for version in history.of_post(actor(karim), post.id).versions] == [3, 2]
    assert not shows(karim, post, SECRET)
    assert shows(leen, post, SECRET), "they are still the words of their author"


def test_who_reads_a_thread_later_gets_what_stood_then_not_what_stood_before(gent, leen, karim):
    thread = make_thread(gent, leen, audience=Audience.SPACE, body=f"In the {SECRET}.")
    opening = _opening(thread)
    posts.edit(actor(leen), opening.id, body="At home.", seen_revision=1)
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    found = history.of_post(actor(karim), opening.id)
    assert ([version.number for version in found.versions], found.begins_later) == ([2], True)
    assert not shows(karim, opening, SECRET)
    with pytest.raises(NotFound):
        history.version(actor(karim), opening.id, 1)


def test_a_moved_thread_leaves_its_earlier_texts_behind(gent, leen):
    away = make_space("Hasselt", city="hasselt")
    join(leen, away)
    other = make_member("Mo", space=away, role=Role.MODERATOR)
    thread = make_thread(gent, leen, audience=Audience.SPACE, body=f"In the {SECRET}.")
    opening = _opening(thread)
    posts.edit(actor(leen), opening.id, body="At home.", seen_revision=1)
    classification.move(actor(leen), thread.id, away.id, audience=Audience.SPACE)
    assert not shows(other, opening, SECRET)


def test_a_long_history_comes_in_pages_and_compares_across_them(gent, leen, karim):
    post = edited(make_thread(gent, leen), leen, *(f"Text number {number}." for number in range(1, 25)))
    revisions.hide(actor(leen), post.id, 14, reason="Wrong")
    first = history.of_post(actor(karim), post.id)
    assert ([first.versions[0].number, first.versions[-1].number], first.older) == ([24, 15], 15)
    removed = [text for kind, text in first.versions[-1].text if kind == "removed"]
    assert removed == ["13"], "the hidden one between them is passed over"
    second = history.of_post(actor(karim), post.id, before=first.older)
    assert ([second.versions[0].number, second.versions[-1].number], second.older) == ([14, 5], 5)
    third = history.of_post(actor(karim), post.id, before=second.older)
    assert ([version.number for version in third.versions], third.older) == ([4, 3, 2, 1], None)


def _opening(thread):
    return db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
