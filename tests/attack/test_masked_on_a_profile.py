"""Whoever stands masked in a lesson is not led to from their page: for nobody, and whoever stands by name is."""

from datetime import timedelta

import pytest

from forum.domain.consents import removals, settling
from forum.domain.lessons import lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience
from tests import reviewed
from tests.consent_scenario import build
from tests.factories import sign_in


def publish(scenario):
    lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id, recognised=False)
    db.session.commit()


def leads_to_the_lesson(app, scenario, reader, author):
    """Whether the page of an author, or the list behind it, names the lesson to this reader."""
    browser = app.test_client()
    sign_in(browser, reader)
    pages = [browser.get(f"/members/{author.handle}{more}") for more in ("", "/lessons")]
    assert {page.status_code for page in pages} == {200}
    found = {scenario.lesson.public_id in page.text for page in pages}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("answer", ["masked", "function"])
def test_a_masked_speaker_is_on_no_profile_and_neither_is_a_colleague_of_their_city(app, session, answer):
    scenario = build(("Amina", "Bart"))
    scenario.ask()
    scenario.say("Amina", answer)
    scenario.say("Bart", "name")
    publish(scenario)
    reader, curator = scenario.others["reader"], scenario.curator
    for who in (reader, curator, scenario.authors["Amina"]):
        assert not leads_to_the_lesson(app, scenario, who, scenario.authors["Amina"])
    if answer == "masked":
        assert not leads_to_the_lesson(app, scenario, reader, scenario.authors["Bart"])


def test_who_agreed_to_be_named_is_until_the_words_are_taken_out(app, session):
    scenario = build(("Amina", "Bart"))
    scenario.ask()
    scenario.say("Amina", "name")
    scenario.say("Bart", "name")
    publish(scenario)
    reader, amina = scenario.others["reader"], scenario.authors["Amina"]
    assert leads_to_the_lesson(app, scenario, reader, amina)
    assert leads_to_the_lesson(app, scenario, reader, scenario.authors["Bart"])
    removals.take_out(scenario.actor("Amina"), removals.mine(scenario.actor("Amina"))[0].id)
    db.session.commit()
    assert not leads_to_the_lesson(app, scenario, reader, amina)
    with clock.at(clock.now() + timedelta(hours=1)):
        settling.settle_due(db.session.commit)
    assert not leads_to_the_lesson(app, scenario, reader, amina)
