"""Who may confirm a lesson is one rule: its page, the queue at home, the digest and who is told agree on it."""

import pytest
from sqlalchemy import func, select

from forum.domain.digests import moderator_needs
from forum.domain.lessons import (
    confirmers,
    confirming,
    earlier_curators,
    ending,
    page,
    ready,
    reports,
)
from forum.domain.lessons.report_words import Answers
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.accounts import Body, Capacity, Confirmation, Level, NetworkAppointment, NetworkRole
from forum.models.events import Event
from forum.models.notifications import Notification
from forum.models.spaces import Role
from forum.policy.errors import Forbidden
from tests.factories import LONG_AGO, actor, join, make_member, make_space
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
SAID = Answers("worked", what_was_done="We rang.", what_came="Well.")


def reporter(city):
    return make_member("Kim", space=make_space(f"{city.title()} city", city=city), city=city)


def speaks_for(member, city):
    """Let a member speak for a further city."""
    held = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "city": city}
    db.session.add(
        Capacity(
            member_id=member.id,
            starts_on=LONG_AGO.date(),
            confirmation=Confirmation.OPERATOR,
            confirmed_at=LONG_AGO,
            **held,
        )
    )
    db.session.flush()


def editor(name):
    return make_member(name, network_role=NetworkRole.EDITOR, body=Body.NETWORK)


def places(one, lesson):
    """Where an editor finds that they may confirm it."""
    db.session.flush()
    rows = moderator_needs.rows([one], clock.now())
    on_page = confirming.of_page(one, lesson, page.page(one, lesson.public_id).facts)
    return {
        "rule": bool(confirmers.answer(one, lesson)),
        "page": on_page is not None and bool(on_page.answer),
        "home": [row.public_id for row in ready.waiting(one)] == [lesson.public_id],
        "digest": [row.one for row in rows if row.kind == "to_confirm"] == [lesson.id],
    }


def readied():
    """How often it was said that a lesson waits for an editor."""
    return db.session.scalar(select(func.count(Event.id)).where(Event.name == "lesson.ready"))


def test_every_place_offers_it_to_the_same_editors(session):
    town = build()
    lesson = town.published()
    made, before, deputy, said, other = (editor(f"Editor {n}") for n in range(5))
    for city in ("genk", "leuven"):
        reports.report(actor(reporter(city)), lesson.public_id, SAID, city=city)
    join(made, town.space, Role.MODERATOR)
    earlier_curators.pass_on(lesson, before.id)
    earlier_curators.pass_on(lesson, made.id)
    earlier_curators.add_deputy(lesson, deputy.id)
    reports.record(
        lesson.id, city="gent", reporter_id=said.id, outcome="failed", reported_on=clock.now().date()
    )
    for one, may in ((made, False), (before, False), (deputy, False), (said, False), (other, True)):
        assert set(places(actor(one), lesson).values()) == {may}, one.name
    assert not any(places(town.actor("curator"), lesson).values())
    db.session.commit()
    worker.run_until_idle()
    told = select(Notification.member_id).where(Notification.kind == "ready_to_confirm")
    assert set(db.session.scalars(told)) == {other.id, town.editor.id}


def test_one_that_ended_waits_for_nobody_whatever_becomes_of_its_reports(session):
    town = build()
    lesson = town.published()
    els, kims = town.actor("editor"), [reporter(city) for city in ("genk", "leuven", "brugge")]
    for kim in kims:
        reports.report(actor(kim), lesson.public_id, SAID)
    assert set(places(els, lesson).values()) == {True}
    ending.withdraw(town.actor("second"), lesson.public_id, reason="Gone.")
    last = db.session.scalars(
        select(reports.AdoptionReport).where(reports.AdoptionReport.reporter_id == kims[2].id)
    ).one()
    reports.take_back(actor(kims[2]), lesson.public_id, last.id)
    assert (lesson.ready_at, readied()) == (None, 1)
    # Also where a row says otherwise, nobody is asked to confirm what they cannot.
    lesson.ready_at = clock.now()
    shown = places(els, lesson)
    assert (shown["rule"], shown["home"], shown["digest"]) == (False, False, False)
    lesson.ready_at = None
    ending.bring_back(els, lesson.public_id)
    assert set(places(els, lesson).values()) == {True}


def test_the_cities_of_its_stories_and_who_makes_it_are_no_witnesses(session):
    town = build()
    town.space.city = None  # of a theme, with a story from Aalst
    lesson = town.published()
    speaks_for(town.curator, "leuven")
    reports.report(town.actor("curator"), lesson.public_id, SAID, city="leuven")
    reports.report(town.actor("author"), lesson.public_id, SAID)
    reports.report(actor(reporter("hasselt")), lesson.public_id, SAID)
    assert lesson.ready_at is None, "one other city"
    reports.report(actor(reporter("kortrijk")), lesson.public_id, SAID)
    assert lesson.ready_at is not None
    db.session.add(NetworkAppointment(member_id=town.author.id, role=NetworkRole.EDITOR, since_at=LONG_AGO))
    assert not any(places(town.actor("author"), lesson).values()), "quoted in it"
    assert set(places(town.actor("editor"), lesson).values()) == {True}


def test_whoever_makes_it_does_not_bring_it_back_themselves(session):
    town = build()
    lesson = town.published()
    db.session.add(NetworkAppointment(member_id=town.curator.id, role=NetworkRole.EDITOR, since_at=LONG_AGO))
    ending.withdraw(town.actor("second"), lesson.public_id, reason="It harms people.")
    with pytest.raises(Forbidden):
        ending.bring_back(actor(town.curator), lesson.public_id)
    assert lesson.ended_at is not None
    ending.bring_back(town.actor("editor"), lesson.public_id)
    assert lesson.ended_at is None
