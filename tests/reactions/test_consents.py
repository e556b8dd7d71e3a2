"""Letters of a round: to whom, once, and nothing of an answer in who gets one, in which order, under which key."""

from forum.domain.consents import rounds
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar, event_processing
from forum.models.mail import OutgoingMail
from tests.consent_scenario import build


def react():
    """Let the worker do what follows from the events."""
    db.session.commit()
    while event_processing.process_due():
        pass


def mails(kind):
    """The members who get a kind, in the order of the queue."""
    query = db.select(OutgoingMail.member_id).where(OutgoingMail.kind == kind).order_by(OutgoingMail.id)
    return list(db.session.scalars(query))


def test_authors_are_asked_reminded_unless_they_said_yes_and_makers_hear_of_the_closing(session):
    scenario = build()
    opened = scenario.ask()
    react()
    everybody = sorted(member.id for member in scenario.authors.values())
    assert mails("consent_request") == everybody
    scenario.say("Amina", "name")
    scenario.say("Bart", "no")
    with clock.at(opened.remind_at):
        calendar.look_at_consents()
        calendar.look_at_consents()
        react()
    assert mails("consent_reminder") == sorted(scenario.authors[name].id for name in ("Bart", "Chris"))
    with clock.at(opened.closes_at):
        calendar.look_at_consents()
        react()
    assert mails("consent_closed") == [scenario.curator.id]
    assert all("answer" not in str(row.payload) for row in db.session.scalars(db.select(OutgoingMail)))


def test_a_question_that_is_taken_back_is_told_to_all_alike(session):
    scenario = build()
    scenario.ask()
    scenario.say("Bart", "no")
    rounds.withdraw_round(scenario.actor("second"), scenario.lesson.id)
    react()
    assert mails("consent_withdrawn") == sorted(member.id for member in scenario.authors.values())
    assert mails("consent_closed") == []
