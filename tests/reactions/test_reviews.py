"""What is asked about a review becomes mail: to whoever can check it, and to its makers; once each."""

from datetime import datetime, time, timedelta

import pytest

from forum.domain.consents import withdrawing
from forum.domain.lessons import lessons, review_requests
from forum.domain.lessons.review_losses import Lost
from forum.domain.lessons.workbench import asking
from forum.domain.moderation import taking_back
from forum.domain.spaces import memberships
from forum.infra import clock, days, workdays
from forum.infra.db import db
from forum.jobs import calendar, event_processing, letters
from forum.jobs.letter_content import NothingToSend
from forum.models.lessons import ReviewRequest
from forum.models.mail import OutgoingMail
from forum.models.spaces import Audience, Role
from tests import consent_scenario, reviewed
from tests.factories import join, make_member, make_post, make_space, sign_in
from tests.lesson_scenario import build

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def scenario(session):
    return build()


def mails(kind):
    """Who gets a letter of that kind."""
    while event_processing.process_due():
        pass
    return sorted(db.session.scalars(db.select(OutgoingMail.member_id).where(OutgoingMail.kind == kind)))


def sent(scenario, **over):
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, **over)
    return lesson


def letter(kind):
    row = db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.kind == kind)).first()
    return letters.letter_for(row).message.get_body(("plain",)).get_content()


def at_ten(day):
    return datetime.combine(day, time(10), tzinfo=days.zone_of(None))


def test_a_group_is_mailed_once_and_only_those_who_can_check_it(scenario):
    make_member("Third", space=make_space("Genk", city="genk"), city="genk")
    lesson = sent(scenario)
    assert mails("review_request") == sorted([scenario.reviewer.id, scenario.editor.id])
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    assert mails("lesson_published") == [scenario.curator.id]
    assert "Wout checked your lesson and published it." in letter("lesson_published")
    with pytest.raises(NothingToSend):
        letter("review_request")


def test_one_reminder_then_the_curator_hears_once_of_silence(scenario):
    make_post(scenario.thread, scenario.reviewer)
    sent(scenario, asked_id=scenario.reviewer.id, note="Is claim 1\nfair?")
    today = days.today()
    for day, reminded, lapsed in (
        (workdays.after(today, 6), 0, 0),
        (workdays.after(today, 7), 1, 0),
        (workdays.after(today, 10), 1, 0),
        (workdays.after(today, 10) + timedelta(days=1), 1, 1),
        (workdays.after(today, 15), 1, 1),
    ):
        with clock.at(at_ten(day)):
            calendar.look_at_reviews()
            assert (len(mails("review_reminder")), len(mails("review_lapsed"))) == (reminded, lapsed), day
    assert mails("review_reminder") == [scenario.reviewer.id]
    assert "Cas wrote:\n> Is claim 1" in letter("review_request"), "and not for a masked source, below"
    assert mails("review_lapsed") == [scenario.curator.id]
    assert "Wout" in letter("review_lapsed")


def test_who_asked_hears_that_somebody_declined_and_nobody_is_reminded(scenario):
    make_post(scenario.thread, scenario.reviewer)
    lesson = sent(scenario, asked_id=scenario.reviewer.id)
    review_requests.decline(scenario.actor("reviewer"), lesson.id)
    assert mails("review_declined") == [scenario.curator.id]
    assert "Wout" in letter("review_declined")
    with clock.at(at_ten(workdays.after(days.today(), 15))):
        calendar.look_at_reviews()
        assert mails("review_reminder") == mails("review_lapsed") == []


def test_a_letter_about_a_masked_source_names_neither_its_city_nor_who_makes_it(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    second = make_member("Mia", space=scenario.space, role=Role.MODERATOR)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, note="Cas of Aalst asks.")
    assert second.id not in mails("review_request")
    words = letter("review_request")
    assert lessons.working(lesson).title in words
    for secret in ("Cas", "Aalst", "Why they stopped"):
        assert secret not in words
    request = db.session.scalars(db.select(ReviewRequest)).one()
    assert review_requests.asker(scenario.actor("reviewer"), request) == "een moderator van een stad"
    assert review_requests.asker(scenario.actor("second"), request) == "Cas"


@pytest.mark.parametrize(("by", "as_"), [("reviewer", "somebody from another city"), ("editor", "Els")])
def test_a_maker_who_left_does_not_hear_who_checked_a_masked_lesson(session, client, by, as_):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor(by), lesson.id, recognised=False)
    assert mails("lesson_published") == [scenario.curator.id]
    name, answered = getattr(scenario, by).name, "answered that nobody"
    assert f"{name} checked your lesson" in letter("lesson_published")
    sign_in(client, scenario.curator)
    path = f"/lessons/{lesson.public_id}"
    assert f"{name} {answered}" in client.get(path, headers=ENGLISH).get_data(as_text=True)
    join(scenario.curator, make_space("Lier", city="lier"))
    memberships.remove(scenario.actor("second"), scenario.space.id, scenario.curator.id, reason="left")
    assert f"{as_} checked your lesson" in letter("lesson_published")
    assert answered not in client.get(path, headers=ENGLISH).get_data(as_text=True)


def test_who_checks_a_version_hears_that_it_lost_words_once_nobody_can_undo_it(scenario):
    make_post(scenario.thread, scenario.reviewer)
    lesson = sent(scenario, asked_id=scenario.reviewer.id)

    def lost(name="reviewer"):
        return asking.in_review(scenario.actor(name), lesson.id).lost.excerpts

    assert lost() == 0
    taking_back.take_back(scenario.actor("author"), scenario.post.id)
    assert lost() == lost("curator") == 1
    assert (mails("review_shortened"), mails("review_weakened")) == (
        [scenario.reviewer.id],
        [scenario.curator.id],
    )
    for kind in ("review_shortened", "review_weakened"):
        assert lessons.working(lesson).title in letter(kind)
    taking_back.put_back(scenario.actor("author"), scenario.post.id)
    assert lost() == 0
    with pytest.raises(NothingToSend):
        letter("review_shortened")
    make_post(scenario.thread, scenario.author)
    taking_back.take_back(scenario.actor("author"), scenario.posts()[-1].id)
    assert mails("review_shortened") == [scenario.reviewer.id], "nothing of that post is quoted"


def test_who_checks_a_version_hears_of_a_yes_that_was_taken_back_and_not_whose(session):
    asked = consent_scenario.build()
    asked.ask()
    for name in asked.authors:
        asked.say(name, "masked")
    curator, reviewer = asked.actor("curator"), asked.others["reviewer"]
    lessons.submit(curator, asked.lesson.id, audience=Audience.NETWORK)
    assert mails("review_shortened") == []
    withdrawing.withdraw(asked.actor("Bart"), asked.request("Bart").id)
    assert mails("review_shortened") == [reviewer.id]
    words = letter("review_shortened")
    assert lessons.working(asked.lesson).title in words
    for secret in ("Bart", consent_scenario.QUOTED["Bart"]):
        assert secret not in words
    assert asking.in_review(asked.actor("reviewer"), asked.lesson.id).lost == Lost(0, taken_back=True)
