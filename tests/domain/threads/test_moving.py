"""A thread moves to another space: by its author alone, while nobody else has posted, to readers that they choose."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.digests import digests
from forum.domain.lessons import lessons
from forum.domain.moderation import hiding
from forum.domain.regrouping import own_moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.threads import changes, classification, highlights, lists, read_marks, space_activity
from forum.domain.threads import page as thread_page
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.classification import ThreadChange
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience, Role
from forum.models.themes import Need
from forum.models.threads import Thread
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread


@pytest.fixture
def genk(leen):
    space = make_space("Genk", city="genk")
    join(leen, space)
    return space


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen, audience=Audience.SPACE, tags=("care",))


def move(member, thread, space, audience=Audience.SPACE):
    return classification.move(actor(member), thread.id, space.id, audience=audience)


def reads(member, thread):
    try:
        return bool(thread_page.page(actor(member), thread.id))
    except NotFound:
        return False


def test_who_reads_a_thread_follows_it_and_no_list_keeps_it_behind(gent, leen, moderator, genk, thread):
    karim, colleague = make_member("Karim", space=genk), make_member("Ann", space=gent)
    read_marks.mark_read(actor(colleague), thread.id, first=1, last=1)
    assert [reads(person, thread) for person in (leen, moderator, colleague, karim)] == [
        True,
        True,
        True,
        False,
    ]
    move(leen, thread, genk)
    assert [reads(person, thread) for person in (leen, moderator, colleague, karim)] == [
        True,
        False,
        False,
        True,
    ]
    for person, space, found in ((colleague, gent, []), (moderator, gent, []), (karim, genk, [thread.id])):
        page = lists.latest(actor(person), space_id=space.id, tag="care")
        assert [card.id for card in page.rows] == found
        assert [card.id for card in highlights.of(actor(person)).own] == found
        told = space_activity.news(actor(person))[space.id]
        assert (told.waiting, told.title) == (len(found), thread.title if found else "")
    with clock.at(clock.now() + timedelta(days=1)):
        for person, found in ((colleague, []), (karim, [thread.id])):
            assert [item.id for item in digests.preview(actor(person)).entries] == found
    with pytest.raises(NotFound):
        other_readers.set_audience(actor(moderator), thread.id, audience=Audience.NETWORK)


def test_only_its_author_moves_a_thread_and_only_while_nobody_else_wrote(gent, leen, moderator, genk, thread):
    join(moderator, genk)
    with pytest.raises(Forbidden) as not_author:
        move(moderator, thread, genk)
    # Also words that are gone were meant for the readers of that moment.
    post = make_post(thread, moderator)
    post.hidden_at = post.deleted_at = post.created_at
    db.session.flush()
    with pytest.raises(Forbidden) as not_alone:
        move(leen, thread, genk)
    assert not_author.value.reason != not_alone.value.reason
    with pytest.raises(Forbidden):
        classification.to_move(actor(leen), thread.id)
    own = make_thread(gent, leen)
    make_post(own, leen)
    move(leen, own, genk)
    assert (thread.space_id, own.space_id) == (gent.id, genk.id)


def test_it_goes_only_where_its_author_may_begin_a_thread(leen, thread):
    listed, unlisted = make_space("Aalst"), make_space("Stil", unlisted=True)
    with pytest.raises(Forbidden):
        move(leen, thread, listed)
    with pytest.raises(NotFound):
        move(leen, thread, unlisted)
    join(leen, listed, Role.GUEST)
    assert move(leen, thread, listed).space_id == listed.id


def test_the_readers_are_those_that_were_chosen_never_more_than_the_space_allows(leen, genk, thread):
    narrow = make_space("Klein", widest=Audience.NETWORK)
    join(leen, narrow)
    with pytest.raises(Invalid) as refusal:
        move(leen, thread, narrow, Audience.PUBLIC)
    assert (refusal.value.field, thread.audience) == ("audience", Audience.SPACE)
    for space, audience in ((narrow, Audience.NETWORK), (genk, Audience.PUBLIC), (narrow, Audience.SPACE)):
        move(leen, thread, space, audience)
        assert (thread.space_id, thread.audience) == (space.id, audience)
    logged = db.session.execute(select(ModerationAction.action, ModerationAction.space_id)).all()
    assert logged == [(Action.WIDEN, narrow.id), (Action.WIDEN, genk.id), (Action.NARROW, narrow.id)]


def test_the_same_place_again_changes_nothing_and_other_readers_there_are_another_verb(
    gent, leen, genk, thread
):
    with pytest.raises(Conflict):
        move(leen, thread, gent, Audience.PUBLIC)
    for _twice in range(2):
        move(leen, thread, genk)
    rows = db.session.scalars(select(ThreadChange)).all()
    assert [(row.part, row.before, row.after) for row in rows] == [("space", str(gent.id), str(genk.id))]
    assert (thread.audience, rows[0].editor_id, rows[0].space_id) == (Audience.SPACE, leen.id, gent.id)


def test_a_thread_with_a_lesson_stays_where_it_is(gent, leen, moderator, genk, thread):
    lessons.draft(actor(moderator), thread.id, title="Take turns")
    with pytest.raises(Conflict) as refusal:
        move(leen, thread, genk)
    foreseen = own_moving.asked(actor(leen), thread.id, Chosen(genk.id)).refusal
    assert foreseen.reason == refusal.value.reason
    _thread, now = classification.current(actor(leen), thread.id)
    assert (now.may_move, thread.space_id) == (False, gent.id)
    other = make_thread(gent, leen)
    assert classification.current(actor(leen), other.id)[1].may_move
    assert not classification.current(actor(moderator), other.id)[1].may_move


def test_the_log_of_the_old_space_forgets_the_title_and_the_tags(gent, leen, moderator, genk, thread):
    same = {"need": thread.need, "axis": thread.axis}
    classification.classify(actor(moderator), thread.id, tags=("hush",), **same)
    page = audit_log.page(actor(moderator), gent.id)
    assert [(line.thread_title, len(line.changes)) for line in page.rows] == [(thread.title, 1)]
    move(leen, thread, genk)
    (line,) = audit_log.page(actor(moderator), gent.id).rows
    assert (line.thread_id, line.thread_title, line.thread_slug, line.changes) == (None, None, None, ())


def test_spaces_are_named_only_to_who_may_know_of_them(gent, leen, thread):
    secret = make_space("Stil", unlisted=True)
    join(leen, secret)
    reader = make_member("Karim", space=gent)
    move(leen, thread, secret)
    (away,) = thread_page.page(actor(leen), thread.id).changes
    assert away.changes == (("space", "Gent", "Stil"),)
    move(leen, thread, gent)
    back, away = thread_page.page(actor(reader), thread.id).changes
    assert (back.changes, away.changes) == ((("space", "", "Gent"),), (("space", "Gent", ""),))
    back, away = thread_page.page(actor(leen), thread.id).changes
    assert (back.changes, away.changes) == ((("space", "Stil", "Gent"),), (("space", "Gent", "Stil"),))


def test_moves_are_counted_with_other_changes(app, monkeypatch, gent, leen, genk, thread):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(classification, "MOST_CHANGES", "1 per hour")
    rates.reset()
    move(leen, thread, genk)
    with pytest.raises(rates.TooOften):
        move(leen, thread, gent)
    with pytest.raises(rates.TooOften):
        classification.classify(actor(leen), thread.id, need=Need.FACTS, axis=thread.axis, tags=())
    assert db.session.get_one(Thread, thread.id).space_id == genk.id
    rates.reset()


def test_former_tags_are_for_the_moderators_of_the_space_where_the_thread_had_them(
    gent, leen, moderator, genk, thread
):
    there = make_member("Eva", space=genk, role=Role.MODERATOR)
    classification.classify(actor(moderator), thread.id, need=thread.need, axis=thread.axis, tags=("hush",))
    move(leen, thread, genk, Audience.NETWORK)
    db.session.expire_all()

    def former_tags(member):
        rows = changes.of_thread(actor(member), thread)
        return [change.before for row in rows for change in row.changes if change.part == "tags"]

    assert former_tags(moderator) == former_tags(leen) == ["care"]
    assert former_tags(there) == [""]


def test_what_a_moderator_hid_does_not_move_to_another_moderator(gent, leen, moderator, genk, thread):
    own = make_post(thread, leen, "Dat had ik niet mogen zeggen.")
    hiding.hide(actor(moderator), own.id, reason="Herkenbaar.")
    with pytest.raises(Conflict):
        move(leen, thread, genk)
    assert not classification.current(actor(leen), thread.id)[1].may_move
    assert not thread_page.page(actor(leen), thread.id).may_move
    hiding.restore(actor(moderator), own.id)
    assert thread_page.page(actor(leen), thread.id).may_move
    assert move(leen, thread, genk).space_id == genk.id
