"""Two authors of one city, one masked: the name of the other leads nowhere, whoever is confirmed, in every version."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from forum.domain.consents import removals, settling
from forum.domain.lessons import claims, lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience
from tests import reviewed
from tests.consent_scenario import QUOTED, build
from tests.factories import sign_in

NAMING = re.compile(r"Bart|Amina|Aalst")


def publish(scenario):
    lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id, recognised=False)
    db.session.commit()


def named_on(client, scenario, version=""):
    """What a reader of another city meets of the two and their city on the page of the lesson, the ring aside."""
    sign_in(client, scenario.others["reader"])
    page = client.get(f"/lessons/{scenario.lesson.public_id}{version}")
    assert page.status_code == 200
    shown = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page.get_data(as_text=True), flags=re.S)
    return set(NAMING.findall(shown))


@pytest.mark.parametrize("unconfirmed", [("Amina",), ("Bart",), ("Amina", "Bart")])
def test_also_where_a_capacity_waits_for_confirmation(client, session, unconfirmed):
    scenario = build(("Amina", "Bart"))
    people = [scenario.authors[name].id for name in unconfirmed]
    waiting = update(Capacity).where(Capacity.member_id.in_(people))
    db.session.execute(waiting.values(confirmed_at=None, confirmation=None))
    db.session.expire_all()
    scenario.ask()
    scenario.say("Amina", "masked")
    scenario.say("Bart", "name")
    publish(scenario)
    assert named_on(client, scenario) == set()
    assert db.session.get_one(LessonVersion, scenario.lesson.current_id).cities == []


@pytest.mark.parametrize("how", ["left out", "taken out"])
def test_also_in_the_version_after_the_one_that_masked_them(client, session, how):
    scenario = build(("Amina", "Bart"))
    scenario.ask()
    scenario.say("Amina", "masked")
    scenario.say("Bart", "name")
    publish(scenario)
    if how == "left out":
        lessons.revise(scenario.actor("curator"), scenario.lesson.id)
        claims.remove(scenario.actor("curator"), scenario.claims()[0].id)
        publish(scenario)
    else:
        amina = scenario.actor("Amina")
        removals.take_out(amina, removals.mine(amina)[0].id)
        db.session.commit()
        with clock.at(clock.now() + timedelta(hours=1)):
            settling.settle_due(db.session.commit)
    assert named_on(client, scenario) == named_on(client, scenario, "/v/1.0") == set()


def test_also_in_the_version_before_the_one_that_masks_them(client, session):
    scenario = build(("Amina", "Bart"))
    curator = scenario.actor("curator")
    claims.remove(curator, scenario.claims()[0].id)
    scenario.ask()
    scenario.say("Bart", "name")
    publish(scenario)
    assert "Bart" in named_on(client, scenario)
    lessons.revise(curator, scenario.lesson.id)
    claim = claims.add(curator, scenario.lesson.id, text="What Amina said")
    claims.quote(
        curator, claim.id, post_id=scenario.posts["Amina"].id, words=QUOTED["Amina"], stance="supports"
    )
    scenario.ask()
    scenario.say("Amina", "masked")
    publish(scenario)
    assert "Bart" not in named_on(client, scenario) | named_on(client, scenario, "/v/1.0")


def test_whoever_says_later_that_they_may_be_named_is_and_the_colleague_too(client, session):
    scenario = build(("Amina", "Bart"))
    curator = scenario.actor("curator")
    scenario.ask()
    scenario.say("Amina", "masked")
    scenario.say("Bart", "name")
    publish(scenario)
    lessons.revise(curator, scenario.lesson.id)
    claims.reword(curator, scenario.claims()[0].id, text="Another claim")
    scenario.ask()
    scenario.say("Amina", "name")
    publish(scenario)
    assert named_on(client, scenario) >= {"Amina", "Bart"}
