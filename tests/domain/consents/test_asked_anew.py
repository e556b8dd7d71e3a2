"""What a second question, a repeated sending or one that went does with the ones before it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from forum.domain.consents import closing, desk, other_words, passages, requests, rounds, settling
from forum.domain.lessons import claims, consent_checks, lessons
from forum.domain.threads import posts
from forum.infra import clock
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Invalid
from tests.consent_scenario import CLAIMS, QUOTED, SAID, build


@pytest.fixture
def scenario(session):
    return build()


def asked_as(scenario, **changed):
    """The wordings of the page for the network, some of them changed."""
    curator, lesson = scenario.actor("curator"), scenario.lesson
    shown = passages.of_draft(curator, lesson, lessons.working(lesson), Audience.NETWORK)
    return {one.excerpt_id: replace(one.start(), **changed) for one in shown}


def test_the_same_sending_once_more_is_one_question_and_other_words_are_refused(scenario):
    sent = asked_as(scenario)
    opened = scenario.ask(wordings=sent)
    assert scenario.ask(wordings=sent).id == opened.id
    with pytest.raises(Conflict):
        scenario.ask(wordings={number: replace(one, as_masked="somebody") for number, one in sent.items()})
    with pytest.raises(Conflict):
        scenario.ask(wordings={number: replace(one, words="Half") for number, one in sent.items()})


def test_nobody_is_asked_about_an_excerpt_that_the_curator_did_not_see(scenario):
    curator, lesson = scenario.actor("curator"), scenario.lesson
    seen = asked_as(scenario)
    added = claims.quote(
        curator,
        scenario.claims()[2].id,
        post_id=scenario.posts["Bart"].id,
        words="The letter alone brought nobody",
        stance="supports",
    )
    with pytest.raises(Invalid) as refused:
        rounds.open_round(curator, lesson.id, Audience.NETWORK, seen, seen=list(seen))
    assert refused.value.field == f"passage-{added.id}"
    assert lesson.round_id is None
    rounds.open_round(curator, lesson.id, Audience.NETWORK, asked_as(scenario), seen=[*seen, added.id])


def test_whoever_gave_no_yes_hears_so_when_the_same_is_asked_once_more(scenario):
    opened = scenario.ask()
    for name in ("Amina", "Chris"):
        scenario.say(name, "masked")
    scenario.close(opened)
    quoted = {"post_id": scenario.posts["Bart"].id, "words": QUOTED["Bart"], "stance": "nuances"}
    claims.quote(scenario.actor("curator"), scenario.claims()[1].id, **quoted)
    scenario.ask()
    asked = requests.get(scenario.actor("Bart"), scenario.request("Bart").id).since_before
    assert (asked.why, asked.stance, asked.is_none) == ("no_yes", "supports", False)
    assert [asked.words, asked.claim, asked.title, asked.audience] == [[], [], [], None]


def proposed(scenario):
    """Bart proposes other words at the closing, the others say yes."""
    opened = scenario.ask()
    for name in ("Amina", "Chris"):
        scenario.say(name, "masked")
    scenario.say("Bart", "other_words", own_words="Most of them came back.")
    scenario.close(opened)
    return scenario.request("Bart").id, opened.closes_at


def test_other_words_wait_on_where_the_new_question_is_about_something_else(scenario):
    first, later = proposed(scenario)
    curator = scenario.actor("curator")
    claims.unquote(curator, scenario.excerpt_id("Bart"))
    claims.quote(
        curator,
        scenario.claims()[1].id,
        post_id=scenario.posts["Chris"].id,
        words="It takes ten minutes a week",
        stance="supports",
    )
    with clock.at(later + timedelta(hours=9)):
        scenario.ask()
        assert requests.get(scenario.actor("Bart"), first).line.state == "other"
        rounds.withdraw_round(curator, scenario.lesson.id)
        other_words.take(curator, scenario.lesson.id, first)


def test_a_question_that_is_taken_back_gives_the_other_words_back(scenario):
    first, later = proposed(scenario)
    with clock.at(later + timedelta(hours=9)):
        scenario.ask()
        assert requests.get(scenario.actor("Bart"), first).line.state == "gone"
        rounds.withdraw_round(scenario.actor("curator"), scenario.lesson.id)
        assert requests.get(scenario.actor("Bart"), first).line.state == "other"
        assert asked_as(scenario)[scenario.excerpt_id("Bart")].words == "Most of them came back."


def test_what_was_agreed_to_later_is_no_longer_gone(scenario):
    opened = scenario.ask()
    for name in ("Amina", "Chris"):
        scenario.say(name, "masked")
    scenario.close(opened)
    curator, lesson = scenario.actor("curator"), scenario.lesson
    assert [one.text for one in desk.page(curator, lesson.id).leaning] == [CLAIMS["Bart"]]
    with clock.at(opened.closes_at + timedelta(hours=9)):
        claim = scenario.claims()[1]
        claims.quote(
            curator, claim.id, post_id=scenario.posts["Bart"].id, words=QUOTED["Bart"], stance="supports"
        )
        scenario.ask()
        assert scenario.say("Bart", "function")
        assert desk.page(curator, lesson.id).leaning == []
        consent_checks.refuse_unready(lessons.working(lesson), Audience.NETWORK)


def test_only_the_same_words_are_the_same_question_once_a_post_was_changed(scenario):
    scenario.ask()
    first = scenario.request("Bart")
    rounds.withdraw_round(scenario.actor("curator"), scenario.lesson.id)
    claims.unquote(scenario.actor("curator"), scenario.excerpt_id("Bart"))
    body = "Nobody calls on Sundays, really nobody at all. " + SAID["Bart"]
    posts.edit(scenario.actor("Bart"), scenario.posts["Bart"].id, body=body, seen_revision=1)
    claim, post_id = scenario.claims()[1].id, scenario.posts["Bart"].id
    curator = scenario.actor("curator")
    for words, is_same in (("Nobody calls on Sundays", False), (QUOTED["Bart"], True)):
        added = claims.quote(curator, claim, post_id=post_id, words=words, stance="supports").id
        with clock.at(clock.now() + timedelta(days=1)):
            scenario.ask()
            asked = scenario.request("Bart")
            found = requests.get(scenario.actor("Bart"), asked.id)
            assert (found.since_before is not None) is is_same, asked.said
            assert asked.revision_id != first.revision_id
            rounds.withdraw_round(curator, scenario.lesson.id)
        claims.unquote(curator, added)


def test_a_round_closes_early_when_the_last_without_a_yes_is_asked_no_more(scenario):
    opened = scenario.ask()
    for name in ("Amina", "Chris"):
        scenario.say(name, "masked")
    assert not closing.close_due(clock.now())
    settling.erase(scenario.authors["Bart"].id)
    assert closing.close_due(clock.now())
    assert not closing.close_due(clock.now())
    assert opened.closed_at is not None
    assert set(scenario.consents()) == {"Amina", "Chris"}
