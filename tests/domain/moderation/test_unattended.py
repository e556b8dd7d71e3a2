"""What waits for which nobody is there: administrators hear where and how much, nobody else, and name a moderator."""

import uuid
from datetime import timedelta

import pytest

from forum.domain import system
from forum.domain.desk import unattended
from forum.domain.held_posts import choosing, queue, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import (
    hiding,
    leaving_out,
    leaving_out_objections,
    measure_objections,
    objections,
    post_reports,
)
from forum.domain.moderation.post_reports import Said
from forum.domain.spaces import absences, deputies, measures
from forum.domain.spaces.absences import Days
from forum.domain.spaces.measures import Decision
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Member, NetworkRole
from forum.models.measures import MeasureKind
from forum.models.post_reports import ReportReason
from forum.models.sealing import Sealing
from forum.models.spaces import Audience, Role
from forum.policy.errors import Conflict, Forbidden, Invalid
from tests.factories import actor, make_member, make_post, make_space, make_thread

DAY = timedelta(days=1)
pytestmark = pytest.mark.both_databases


@pytest.fixture
def adem():
    return make_member("Adem", network_role=NetworkRole.ADMIN)


@pytest.fixture
def thread(gent, leen, moderator):
    """Leen is the deputy of the only moderator."""
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    return make_thread(gent, make_member("Bart", space=gent))


def numbers(who):
    found = unattended.of_network(actor(who))
    assert unattended.counts(actor(who))[1] == len(found)
    return [(one.name, one.number) for one in found]


def hidden(moderator, leen, thread):
    post = make_post(thread, leen, "My neighbour Jan.")
    hiding.hide(actor(moderator), post.id, reason="A name.")
    objections.make(actor(leen), post.id, words="It is not.")


def left_out(moderator, leen, thread):
    post = make_post(thread, leen, "My neighbour Jan Peeters.")
    with clock.at(clock.now() - DAY):
        leaving_out.leave_out(actor(moderator), post.id, words="Jan Peeters", reason="A name.")
    (sealing,) = db.session.query(Sealing).all()
    leaving_out_objections.make(actor(leen), sealing.id, words="It is not.")
    assert leaving_out_objections.looked_at([sealing.id]) == set()


def muted(moderator, leen, thread):
    mute = Decision(MeasureKind.MUTE, "Calm down.", days.today() + DAY * 3)
    with clock.at(clock.now() - DAY):
        measure = measures.take(actor(moderator), thread.space_id, leen.id, mute)
    measure_objections.make(actor(leen), measure.id, words="It was not me.")


def reported_by_the_deputy(moderator, leen, thread):
    post = make_post(thread, thread_author(thread), "My neighbour Jan.")
    post_reports.report(actor(leen), post.id, Said(ReportReason.WRONG))
    absences.say(actor(moderator), Days(days.today(), days.today()))


def reported_of_the_deputy(moderator, leen, thread):
    post = make_post(thread, leen, "My neighbour Jan.")
    post_reports.report(actor(thread_author(thread)), post.id, Said(ReportReason.WRONG))
    absences.say(actor(moderator), Days(days.today(), days.today()))


def sent_by_the_deputy(moderator, leen, thread):
    choosing.choose(actor(moderator), thread.space_id, Choice(everybody_until=days.today() + DAY))
    key = str(uuid.uuid4())
    held = sending.reply(actor(leen), thread.id, body="My neighbour Jan.", idempotency_key=key)
    assert queue.is_looked_at(held.id)
    absences.say(actor(moderator), Days(days.today(), days.today()))
    assert not queue.is_looked_at(held.id)


def thread_author(thread):
    return db.session.get_one(Member, thread.author_id)


@pytest.mark.parametrize(
    "waits",
    [hidden, left_out, muted, reported_by_the_deputy, reported_of_the_deputy, sent_by_the_deputy],
    ids=lambda one: one.__name__,
)
def test_what_nobody_may_look_at_is_told_as_a_number_until_another_moderates(
    gent, thread, leen, moderator, adem, waits
):
    make_thread(make_space("Genk", city="genk"), thread_author(thread))
    assert numbers(adem) == []
    with pytest.raises(Conflict):
        unattended.name(actor(adem), thread.space_id, handle=thread_author(thread).handle)
    waits(moderator, leen, thread)
    assert numbers(adem) == [("Gent", 1)]
    assert system.overview(actor(adem)).unattended == 1
    assert unattended.are_told(thread.space_id)
    noor = make_member("Noor", space=make_space("Aalst"))
    for who in (leen, moderator):
        with pytest.raises(Forbidden):
            unattended.of_network(actor(who))
        with pytest.raises(Forbidden):
            unattended.name(actor(who), thread.space_id, handle=leen.handle)
    with pytest.raises(Invalid):
        unattended.name(actor(adem), thread.space_id, handle=noor.handle)
    mo = make_member("Mo", space=gent)
    unattended.name(actor(adem), thread.space_id, handle=mo.handle)
    assert actor(mo).roles[thread.space_id] == Role.MODERATOR
    assert numbers(adem) == []


def test_what_somebody_may_look_at_is_not_counted(thread, leen, moderator, adem):
    bart = thread_author(thread)
    post = make_post(thread, bart, "My neighbour Jan.")
    hiding.hide(actor(moderator), post.id, reason="A name.")
    objections.make(actor(bart), post.id, words="It is not.")
    other = make_post(thread, moderator, "Jan drinks.")
    post_reports.report(actor(leen), other.id, Said(ReportReason.WRONG))
    assert numbers(adem) == [], "the deputy decides on both"
    deputies.end(actor(moderator), thread.space_id)
    assert numbers(adem) == [("Gent", 2)]


def test_nobody_is_told_where_no_administrator_sees_the_space(gent, thread, leen, moderator, adem):
    hidden(moderator, leen, thread)
    thread.audience, gent.widest_audience = Audience.SPACE, Audience.SPACE
    db.session.flush()
    gent.unlisted_at = clock.now()
    db.session.flush()
    assert (numbers(adem), unattended.are_told(thread.space_id)) == ([], False)
