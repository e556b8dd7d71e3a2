"""What authors agreed to is what stands there: no other use of the same words rests on their yes."""

import pytest

from forum.domain.lessons import claims, lessons
from forum.infra.db import db
from forum.models.consents import ConsentAnswer
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from tests.consent_scenario import QUOTED, build
from tests.factories import sign_in, submit


@pytest.fixture
def agreed(session):
    made = build(("Amina",))
    made.ask()
    made.say("Amina", ConsentAnswer.NAME)
    return made


def quoted_as(made, stance):
    curator = made.actor("curator")
    claims.unquote(curator, made.excerpt_id("Amina"))
    claims.quote(
        curator, made.claims()[0].id, post_id=made.posts["Amina"].id, words=QUOTED["Amina"], stance=stance
    )


def test_words_that_support_a_claim_cannot_be_turned_against_it(agreed):
    curator = agreed.actor("curator")
    quoted_as(agreed, "nuances")
    with pytest.raises(Invalid, match="audience: "):
        lessons.submit(curator, agreed.lesson.id, audience=Audience.NETWORK)
    quoted_as(agreed, "supports")
    lessons.submit(curator, agreed.lesson.id, audience=Audience.NETWORK)


def test_nor_by_the_way_of_another_claim(agreed):
    curator, text = agreed.actor("curator"), agreed.claims()[0].text
    claims.remove(curator, agreed.claims()[0].id)
    other = claims.add(curator, agreed.lesson.id, text="Another one")
    post_id = agreed.posts["Amina"].id
    claims.quote(curator, other.id, post_id=post_id, words=QUOTED["Amina"], stance="nuances")
    with pytest.raises(Invalid, match="audience: "):
        lessons.submit(curator, agreed.lesson.id, audience=Audience.NETWORK)
    claims.reword(curator, other.id, text=text)
    with pytest.raises(Invalid, match="audience: "):
        lessons.submit(curator, agreed.lesson.id, audience=Audience.NETWORK)


@pytest.mark.parametrize("words", ["Er werd gebeld.\r\n\r\nMet elf.", "Er\twerd \u202egebeld", "cafe\u0301"])
def test_what_a_browser_sends_of_a_change_keeps_the_reason_that_was_given_for_it(client, session, words):
    made = build(("Amina",))
    db.session.commit()
    sign_in(client, made.curator)
    number = made.excerpt_id("Amina")
    form = {"audience": "network", f"words-{number}": words, f"why-{number}-0": "So that nobody is known."}
    assert submit(client, f"/workbench/{made.lesson.id}/permission", form).status_code == 303
    (change,) = made.request("Amina").changes
    assert change["why"] == "So that nobody is known."


@pytest.mark.parametrize("audience", ["", "everybody", "NETWORK"])
def test_nobody_is_asked_for_readers_that_were_not_chosen(client, session, audience):
    made = build(("Amina",))
    db.session.commit()
    sign_in(client, made.curator)
    path = f"/workbench/{made.lesson.id}/permission"
    assert submit(client, path, {"audience": audience}).status_code == 422
    assert submit(client, path, {"audience": "public"}).status_code == 303
