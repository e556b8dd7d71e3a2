"""There is a lesson in this: said once by each member, told to moderators alone, closed with a reason or taken up."""

import pytest
from sqlalchemy import select

from forum.domain.audit import undoable
from forum.domain.lessons import lessons
from forum.domain.moderation import locking, undo
from forum.domain.threads import classification, nominations
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.nominations import Nomination, NominationEnd
from forum.models.spaces import Audience, Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import lesson_scenario, reviewed
from tests.factories import actor, join, make_member, make_space, make_thread
from tests.notices import react, told

pytestmark = pytest.mark.both_databases


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen)


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


def rows():
    return list(db.session.scalars(select(Nomination).order_by(Nomination.id)))


def test_a_member_says_it_once_and_takes_it_back_and_only_moderators_read_who_did(
    karim, leen, moderator, thread
):
    for _twice in range(2):
        nominations.nominate(actor(karim), thread.id)
    nominations.nominate(actor(leen), thread.id)
    assert [row.member_id for row in rows()] == [karim.id, leen.id]
    own = thread_page.page(actor(karim), thread.id)
    assert (own.is_nominated, own.has_nominations) == (True, False)
    other = thread_page.page(actor(make_member("Rik", space=make_space("Brugge"))), thread.id)
    assert (other.is_nominated, other.has_nominations) == (False, False)
    assert thread_page.page(actor(moderator), thread.id).has_nominations
    found = nominations.of_threads([thread.id])[thread.id]
    assert (found.members, found.cities) == (2, ["genk", "gent"])
    locking.lock(actor(moderator), thread.id, reason="Enough said.")
    nominations.take_back(actor(karim), thread.id)
    nominations.take_back(actor(karim), thread.id)
    assert [row.member_id for row in rows()] == [leen.id]
    with pytest.raises(Forbidden):
        nominations.nominate(actor(karim), thread.id)


def test_who_reads_nothing_or_is_a_guest_says_nothing(gent, leen, karim):
    inside = make_thread(gent, leen, audience=Audience.SPACE)
    with pytest.raises(NotFound):
        nominations.nominate(actor(karim), inside.id)
    guest = make_member("Gast", space=gent, role=Role.GUEST)
    with pytest.raises(Forbidden):
        nominations.nominate(actor(guest), inside.id)
    for ask in (nominations.to_close, nominations.last_closed):
        with pytest.raises(NotFound):
            ask(actor(karim), inside.id)
    assert rows() == []


def test_a_moderator_closes_it_with_a_reason_that_each_of_them_is_told(karim, leen, moderator, thread):
    for member in (karim, leen, moderator):
        nominations.nominate(actor(member), thread.id)
    for member in (karim, make_member("Wout", space=make_space("Aalst"), role=Role.MODERATOR)):
        with pytest.raises(Forbidden):
            nominations.close(actor(member), thread.id, reason="No.")
    with pytest.raises(Invalid) as refused:
        nominations.close(actor(moderator), thread.id, reason=" ")
    assert refused.value.field == "reason"
    for _twice in range(2):
        nominations.close(actor(moderator), thread.id, reason="There is one already.")
    react()
    later = clock.now() + undoable.WINDOW
    assert (told(), told(later)) == ([], [("Karim", "nomination_closed"), ("Leen", "nomination_closed")])
    assert {(row.ending, row.ended_by_id) for row in rows()} == {(NominationEnd.CLOSED, moderator.id)}
    assert nominations.last_closed(actor(karim), thread.id)[1] is None, "it can still be undone"
    with clock.at(later):
        _thread, closed = nominations.last_closed(actor(karim), thread.id)
    assert closed is not None
    assert closed.reason == "There is one already."
    with pytest.raises(Conflict):
        nominations.close(actor(moderator), thread.id, reason="Another one.")
    nominations.nominate(actor(karim), thread.id)
    assert nominations.of_threads([thread.id])[thread.id].members == 1, "it can be said again"


def test_for_ten_minutes_its_moderator_undoes_that_and_nobody_hears_of_it(karim, leen, moderator, thread):
    for member in (karim, leen):
        nominations.nominate(actor(member), thread.id)
    nominations.close(actor(moderator), thread.id, reason="Not now.")
    react()
    nominations.nominate(actor(karim), thread.id)
    [act] = undoable.open_acts(actor(moderator), thread_id=thread.id)
    with pytest.raises(NotFound):
        undo.undo(actor(karim), act.id)
    for _twice in range(2):
        undo.undo(actor(moderator), act.id)
    react()
    assert told(clock.now() + undoable.WINDOW) == []
    waits = [(row.member_id, row.ended_at, row.reason) for row in rows()]
    assert sorted(waits) == [(karim.id, None, ""), (leen.id, None, "")], "each says it once"
    lines = select(ModerationAction.action).order_by(ModerationAction.id)
    assert db.session.scalars(lines).all() == [Action.CLOSE_NOMINATION, Action.REOPEN_NOMINATION]


def test_too_late_or_once_a_lesson_is_begun_it_stays_closed(karim, moderator, thread):
    nominations.nominate(actor(karim), thread.id)
    nominations.close(actor(moderator), thread.id, reason="Not now.")
    [act] = undoable.open_acts(actor(moderator), thread_id=thread.id)
    with clock.at(clock.now() + undoable.WINDOW), pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
    lessons.draft(actor(moderator), thread.id, title="Ring back")
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
    assert [row.ending for row in rows()] == [NominationEnd.CLOSED]


def test_who_nominated_it_hears_that_a_lesson_came_of_it_once_and_only_where_its_thread_leads_there(session):
    scenario = lesson_scenario.build()
    members = (scenario.reader, scenario.author, scenario.curator)
    for member in members:
        nominations.nominate(actor(member), scenario.thread.id)
    elsewhere = make_member("Lies", space=make_space("Genk", city="genk"))
    lesson = scenario.published()
    react()
    assert {name for name, kind in told() if kind == "nomination_published"} == {scenario.reader.name}
    # Who is quoted, and who made it, hear that; who never said it hears nothing.
    heard = dict(told())
    assert (heard[scenario.author.name], elsewhere.name in heard) == ("cited", False)
    before, curator = len(told()), scenario.actor("curator")
    draft = lessons.revise(curator, lesson.id)
    lessons.save(curator, lesson.id, saved_count=draft.saved_count, title="Call back", change_note="Shorter.")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    react()
    assert "nomination_published" not in dict(told()[before:]).values()


def test_a_lesson_that_is_begun_takes_it_up_and_does_not_tell(karim, moderator, thread):
    nominations.nominate(actor(karim), thread.id)
    lessons.draft(actor(moderator), thread.id, title="Ring back")
    react()
    assert told() == []
    assert [row.ending for row in rows()] == [NominationEnd.TAKEN_UP]
    assert thread_page.page(actor(karim), thread.id).is_nominated, "as before: who drafts what is not told"
    nominations.nominate(actor(karim), thread.id)
    assert len(rows()) == 1
    assert not thread_page.page(actor(moderator), thread.id).has_nominations


def test_what_was_said_to_one_space_does_not_move_to_another(gent, leen, karim):
    elsewhere = make_space("Working group")
    thread = make_thread(gent, leen)
    join(leen, elsewhere)
    nominations.nominate(actor(karim), thread.id)
    classification.move(actor(leen), thread.id, elsewhere.id, audience=Audience.NETWORK)
    assert rows() == []
