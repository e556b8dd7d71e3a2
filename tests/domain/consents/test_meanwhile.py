"""What a closing does with a passage that went meanwhile, and what went at a closing cannot come back unasked."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from forum.domain.consents import desk, passages, rounds, settling
from forum.domain.lessons import claims, consent_checks, lessons
from forum.domain.moderation import hiding, taking_back
from forum.domain.threads import excerpts
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import YESES, Consent
from forum.models.lessons import LessonState
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from tests.consent_scenario import CLAIMS, QUOTED, build

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def scenario(session):
    with clock.at(TUESDAY):
        yield build()


def hide(scenario):
    hiding.hide(scenario.actor("second"), scenario.posts["Bart"].id, reason="A name stands in it.")


def take_back(scenario):
    taking_back.take_back(scenario.actor("Bart"), scenario.posts["Bart"].id)


def erase(scenario):
    settling.erase(scenario.authors["Bart"].id)


@pytest.mark.parametrize("go", [hide, take_back, erase])
@pytest.mark.parametrize("answer", ["name", "no", None])
def test_a_passage_that_went_meanwhile_holds_up_no_closing_and_stands_nowhere(scenario, go, answer):
    opened = scenario.ask()
    scenario.say("Amina", "function")
    if answer:
        scenario.say("Bart", answer)
    go(scenario)
    assert scenario.lesson.round_id == opened.id
    scenario.close(opened)
    curator, lesson = scenario.actor("curator"), scenario.lesson
    assert (lesson.round_id, QUOTED["Amina"] in scenario.excerpts()) == (None, True)
    assert QUOTED["Chris"] not in scenario.excerpts()
    page = desk.page(curator, lesson.id, Audience.NETWORK)
    shown = {one.author: one.state for one in page.outcome}
    assert (shown["Amina"], shown["Chris"]) == ("stands", "gone")
    assert shown.get("Bart") == (None if go is erase else "withheld")
    assert QUOTED["Bart"] not in str(page.outcome)
    left = [quoted for quoted in excerpts.under(lesson.working_id) if quoted.withheld]
    if answer in YESES and go is not erase:  # it may stand again once its post does
        rounds.look(curator, lesson.id)
        claims.remove(curator, scenario.claims()[2].id)
        with pytest.raises(Invalid) as refused:
            lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
        assert refused.value.field == "audience", "the claim has no words that anybody reads"
        assert len(left) == 1
    else:
        assert QUOTED["Bart"] not in scenario.excerpts()
        assert left == []
    held = scenario.consents().get("Bart")
    assert (held is not None and held.agreed) is (answer in YESES and go is not erase)


def test_who_erased_their_account_before_the_closing_leaves_nothing_to_look_at(scenario):
    opened = scenario.ask()
    for name in ("Amina", "Chris"):
        scenario.say(name, "masked")
    erase(scenario)
    scenario.close(opened)
    curator, lesson = scenario.actor("curator"), scenario.lesson
    assert desk.page(curator, lesson.id, Audience.NETWORK).leaning == []
    consent_checks.refuse_unready(lessons.working(lesson), Audience.NETWORK)
    request = scenario.request("Bart")
    stored = (request.said, request.words, request.own_words, request.sha256, *request.changes)
    assert not any((*stored, request.as_name, request.as_function, request.as_masked))


@pytest.mark.parametrize("answer", ["no", "other_words", None])
def test_who_erased_their_account_after_the_closing_leaves_no_words_that_they_did_not_agree_to(
    scenario, answer
):
    opened = scenario.ask()
    if answer:
        scenario.say("Bart", answer, **({"own_words": "Half came back"} if answer == "other_words" else {}))
    scenario.close(opened)
    assert scenario.request("Bart").said == QUOTED["Bart"]
    erase(scenario)
    request = scenario.request("Bart")
    stored = (request.said, request.words, request.own_words, request.sha256, *request.changes)
    assert not any((*stored, request.as_name, request.as_function, request.as_masked))
    left = [
        row.words + row.shown_as
        for row in db.session.scalars(select(Consent))
        if row.author_id == request.author_id
    ]
    assert "".join(left) == ""
    assert scenario.request("Chris").said == QUOTED["Chris"]


def test_a_refusal_and_silence_keep_a_place_out_alike_until_it_is_asked_anew(scenario):
    opened = scenario.ask()
    scenario.say("Amina", "masked")
    scenario.say("Bart", "no")
    scenario.close(opened)
    curator, lesson, told = scenario.actor("curator"), scenario.lesson, []
    with clock.at(opened.closes_at + timedelta(hours=1)):
        rounds.look(curator, lesson.id)
        for name in ("Bart", "Chris"):
            claim = next(one for one in scenario.claims() if one.text == CLAIMS[name])
            claims.quote(
                curator, claim.id, post_id=scenario.posts[name].id, words=QUOTED[name], stance="supports"
            )
            version = lessons.working(lesson)
            with pytest.raises(Invalid) as refused:
                consent_checks.refuse_unready(version, Audience.NETWORK)
            asked = passages.of_draft(curator, lesson, version, Audience.NETWORK)
            told.append((refused.value.field, refused.value.message, [one.went_before for one in asked]))
            assert len(consent_checks.missing(version, Audience.NETWORK)) == 1
            claims.unquote(curator, scenario.excerpt_id(name))
        assert told[0] == told[1]
        assert (told[0][0], told[0][2]) == ("audience", [True])
        for name in ("Bart", "Chris"):
            claim = next(one for one in scenario.claims() if one.text == CLAIMS[name])
            claims.quote(
                curator, claim.id, post_id=scenario.posts[name].id, words=QUOTED[name], stance="supports"
            )
        scenario.ask()
        scenario.say("Bart", "masked")
        assert scenario.say("Chris", "function")
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    assert lesson.state == LessonState.IN_REVIEW
