"""Rounds: who opens and withdraws one, what is asked, and what holds once it closes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from forum.domain.consents import closing, other_words, requests, rounds, settling
from forum.domain.consents.passages import Wording
from forum.domain.consents.wording import Changed
from forum.domain.lessons import claims, consent_checks, lessons
from forum.domain.moderation import hiding
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import ConsentAnswer, ConsentRequest, Masking
from forum.models.events import Event
from forum.models.lessons import LessonState
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.consent_scenario import CLAIMS, QUOTED, build

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def scenario(session):
    with clock.at(TUESDAY):
        yield build()


def events_of(kind):
    return [
        row.payload for row in db.session.scalars(select(Event).where(Event.name == f"consent_round.{kind}"))
    ]


def test_a_moderator_of_the_space_asks_every_author_once_with_a_term_in_working_days(scenario):
    for name in ("reviewer", "Amina"):
        with pytest.raises((NotFound, Forbidden)):
            rounds.open_round(scenario.actor(name), scenario.lesson.id, Audience.NETWORK)
    opened = scenario.ask()
    assert scenario.ask().id == opened.id, "sent twice, it is asked once"
    assert (opened.last_day, scenario.lesson.round_id) == (date(2026, 12, 8), opened.id)
    assert opened.closes_at == datetime(2026, 12, 8, 23, tzinfo=UTC)
    assert opened.remind_at == datetime(2026, 12, 3, 8, tzinfo=UTC)
    asked = {name: scenario.request(name) for name in scenario.authors}
    assert {name: one.said for name, one in asked.items()} == QUOTED
    assert {name: one.claim_text for name, one in asked.items()} == CLAIMS
    amina = asked["Amina"]
    assert "Aalst" not in amina.words + amina.as_masked
    assert [change["was"] for change in amina.changes] == ["Aalst"]
    assert amina.changes[0]["why"]
    assert not amina.adapted
    assert "Aalst" in amina.as_name + amina.as_function
    assert events_of("opened") == [{"round_id": opened.id}]
    with pytest.raises(Conflict):
        rounds.open_round(scenario.actor("second"), scenario.lesson.id, Audience.NETWORK)


def test_nobody_is_asked_where_nobody_has_to_be_or_the_draft_is_not_ready(scenario):
    with pytest.raises(Invalid) as refused:
        scenario.ask(Audience.SPACE)
    assert refused.value.field == "audience"
    lessons.save(
        scenario.actor("curator"),
        scenario.lesson.id,
        saved_count=lessons.working(scenario.lesson).saved_count,
        unknowns="",
    )
    with pytest.raises(Invalid) as refused:
        scenario.ask()
    assert refused.value.field == "unknowns"
    assert db.session.scalars(select(ConsentRequest)).all() == []
    assert scenario.lesson.round_id is None


def test_what_nobody_can_be_asked_is_to_be_removed_says_the_question_and_says_the_review(scenario):
    curator, lesson = scenario.actor("curator"), scenario.lesson
    (claim,) = [one for one in scenario.claims() if one.text == CLAIMS["Bart"]]
    claims.quote(
        curator,
        claim.id,
        post_id=scenario.posts["Chris"].id,
        words="It takes ten minutes a week",
        stance="supports",
    )
    hiding.hide(curator, scenario.posts["Bart"].id, reason="Names a client")
    said = set()
    for act in (scenario.ask, lambda: lessons.submit(curator, lesson.id, audience=Audience.NETWORK)):
        with pytest.raises(Invalid) as refused:
            act()
        said.add((refused.value.field, refused.value.message))
    assert said == {
        (
            "audience",
            "De tekst van een citaat is verborgen of teruggenomen. Dat citaat moet eerst uit de les.",
        )
    }
    claims.unquote(curator, scenario.excerpt_id("Bart"))
    scenario.ask()
    assert scenario.lesson.round_id is not None


def test_the_draft_is_closed_meanwhile_and_free_again_afterwards(scenario):
    opened = scenario.ask()
    for refused in (
        lambda: claims.add(scenario.actor("curator"), scenario.lesson.id, text="More"),
        lambda: lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK),
    ):
        with pytest.raises(Forbidden):
            refused()
    rounds.withdraw_round(scenario.actor("second"), scenario.lesson.id)
    assert (opened.withdrawn, scenario.lesson.round_id) == (True, None)
    assert claims.add(scenario.actor("curator"), scenario.lesson.id, text="More").id


def test_a_curators_own_text_is_not_asked_but_their_choice_is_kept(session):
    scenario = build(names=("Amina",))
    curator = scenario.actor("curator")
    claim = claims.add(curator, scenario.lesson.id, text="Own claim")
    own = claims.quote(
        curator, claim.id, post_id=scenario.opening.id, words="What did you try", stance="supports"
    )
    with pytest.raises(Invalid) as refused:
        scenario.ask()
    assert refused.value.field == f"own-{own.id}"
    scenario.ask(wordings={own.id: Wording("What did you try", {}, "a colleague", ConsentAnswer.FUNCTION)})
    assert [line.state for line in requests.mine(curator)] == ["answered"]
    assert scenario.consents() == {}, "it takes effect with all others"
    assert scenario.say("Amina", "masked"), "the last yes closes the round"
    assert {name: row.masking for name, row in scenario.consents().items()} == {
        "curator": Masking.FUNCTION,
        "Amina": Masking.MASKED,
    }


def test_where_everything_is_the_curators_own_the_round_closes_at_once(session):
    scenario = build(names=())
    curator = scenario.actor("curator")
    claim = claims.add(curator, scenario.lesson.id, text="Own claim")
    own = claims.quote(curator, claim.id, post_id=scenario.opening.id, words="try", stance="supports")
    opened = scenario.ask(wordings={own.id: Wording("try", {}, "a colleague", ConsentAnswer.NAME)})
    assert (opened.closed_at, scenario.lesson.round_id) == (opened.opened_at, None)
    lessons.submit(curator, scenario.lesson.id, audience=Audience.NETWORK)


def test_all_answers_take_effect_at_the_closing_and_none_before(scenario):
    opened = scenario.ask()
    scenario.say("Amina", "function")
    scenario.say("Bart", "no")
    assert scenario.consents() == {}
    assert scenario.excerpts() == set(QUOTED.values())
    with clock.at(opened.closes_at - timedelta(seconds=1)):
        assert not closing.close_due(clock.now())
    scenario.close(opened)
    held = scenario.consents()
    assert (held["Amina"].agreed, held["Amina"].masking, held["Amina"].city_shown) == (
        True,
        Masking.FUNCTION,
        True,
    )
    assert held["Amina"].claim_text == CLAIMS["Amina"]
    assert scenario.excerpts() == {QUOTED["Amina"]}
    assert scenario.lesson.round_id is None
    assert events_of("closed") == [{"round_id": opened.id}]
    scenario.close(opened)
    assert len(events_of("closed")) == 1


def test_a_refusal_and_no_answer_leave_the_same_rows(scenario):
    opened = scenario.ask()
    with clock.at(TUESDAY + timedelta(days=1)):
        scenario.say("Bart", "no")
    scenario.close(opened)
    for row in (scenario.request("Bart"), scenario.request("Chris")):
        assert (row.answer, row.answered_at, row.own_words) == (None, None, "")
    refused, silent = scenario.consents()["Bart"], scenario.consents()["Chris"]
    own = {"id", "post_id", "author_id", "words", "sha256", "claim_text"}
    columns = [column.name for column in refused.__table__.columns if column.name not in own]
    assert [getattr(refused, name) for name in columns] == [getattr(silent, name) for name in columns]
    order = sorted(scenario.authors, key=lambda name: scenario.consents()[name].id)
    assert order == sorted(scenario.authors, key=lambda name: scenario.request(name).id)


def test_a_place_that_went_is_asked_anew_before_it_is_sent(scenario):
    scenario.close(scenario.ask())
    curator, lesson = scenario.actor("curator"), scenario.lesson
    claim = claims.add(curator, lesson.id, text="Another claim")
    scenario.thread.audience = Audience.NETWORK
    db.session.flush()
    touching = "Half of them came back after one call. The letter alone"
    free = "It takes ten minutes a week"
    for name, words in (("Bart", touching), ("Chris", free)):
        claims.quote(curator, claim.id, post_id=scenario.posts[name].id, words=words, stance="supports")
    waiting = consent_checks.missing(lessons.working(lesson), Audience.NETWORK)
    assert [one.excerpt.words for one in waiting] == [touching], "also where its thread is open by now"


def test_the_curator_says_that_no_claim_leans_on_what_is_gone(session):
    scenario = build()
    opened = scenario.ask()
    scenario.say("Amina", "name")
    scenario.close(opened)
    curator, lesson = scenario.actor("curator"), scenario.lesson
    assert [one.lesson_id for one in rounds.waiting(curator)] == [lesson.id]
    assert rounds.waiting(scenario.actor("reviewer")) == []
    for claim in scenario.claims()[1:]:
        claims.remove(curator, claim.id)
    with pytest.raises(Invalid) as refused:
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    assert refused.value.field == "audience"
    with pytest.raises((Forbidden, NotFound)):
        rounds.look(scenario.actor("reviewer"), lesson.id)
    rounds.look(curator, lesson.id)
    assert rounds.waiting(curator) == []
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    assert lesson.state == LessonState.IN_REVIEW


@pytest.mark.parametrize("taken", [True, False])
def test_other_words_are_taken_as_they_stand_or_left(scenario, taken):
    opened = scenario.ask()
    scenario.say("Amina", "masked")
    scenario.say("Chris", "masked")
    scenario.say("Bart", "other_words", own_words="Most of them came back.")
    asked = scenario.request("Bart")
    with pytest.raises(Forbidden):
        other_words.take(scenario.actor("curator"), scenario.lesson.id, asked.id)
    scenario.close(opened)
    assert QUOTED["Bart"] in scenario.excerpts()
    assert len(consent_checks.missing(lessons.working(scenario.lesson), Audience.NETWORK)) == 1
    with pytest.raises((Forbidden, NotFound)):
        other_words.take(scenario.actor("reviewer"), scenario.lesson.id, asked.id)
    rounds.look(scenario.actor("curator"), scenario.lesson.id)
    verb = other_words.take if taken else other_words.leave
    for _twice in range(2):
        verb(scenario.actor("curator"), scenario.lesson.id, asked.id)
    held = scenario.consents()["Bart"]
    assert (held.agreed, held.adapted) == (taken, taken)
    assert (QUOTED["Bart"] in scenario.excerpts()) is taken
    assert (opened.looked_at is not None) is taken, "a claim may lean on what was left out after the look"
    if taken:
        assert (held.words, held.masking) == ("Most of them came back.", Masking.MASKED)
    with pytest.raises(Conflict):
        (other_words.leave if taken else other_words.take)(
            scenario.actor("curator"), scenario.lesson.id, asked.id
        )


def test_other_words_changed_once_more_are_a_new_question(scenario):
    opened = scenario.ask()
    for name in ("Amina", "Chris"):
        scenario.say(name, "masked")
    scenario.say("Bart", "other_words", own_words="Most of them came back.")
    scenario.close(opened)
    with clock.at(opened.closes_at + timedelta(hours=9)):
        again = scenario.ask()
        asked = scenario.request("Bart")
    assert (asked.round_id, asked.words, asked.adapted) == (again.id, "Most of them came back.", True)
    assert db.session.query(ConsentRequest).filter_by(round_id=again.id).count() == 1, "the others agreed"
    with clock.at(opened.closes_at + timedelta(hours=10)):
        assert scenario.say("Bart", "function")
    assert (scenario.consents()["Bart"].words, scenario.consents()["Bart"].adapted) == (
        "Most of them came back.",
        True,
    )


def test_a_consent_is_about_its_claim_and_its_readers(scenario):
    scenario.ask()
    for name in scenario.authors:
        scenario.say(name, "name")
    version = lessons.working(scenario.lesson)
    assert consent_checks.missing(version, Audience.NETWORK) == []
    assert len(consent_checks.missing(version, Audience.PUBLIC)) == 3
    first = scenario.claims()[0]
    claims.reword(scenario.actor("curator"), first.id, text="Something else altogether")
    assert [one.excerpt.words for one in consent_checks.missing(version, Audience.NETWORK)] == [
        QUOTED["Amina"]
    ]


def test_a_withdrawn_question_leaves_no_answer_behind(scenario):
    opened = scenario.ask()
    scenario.say("Amina", "no")
    scenario.say("Bart", "name")
    with pytest.raises((Forbidden, NotFound)):
        rounds.withdraw_round(scenario.actor("reviewer"), scenario.lesson.id)
    rounds.withdraw_round(scenario.actor("curator"), scenario.lesson.id)
    rows = db.session.scalars(select(ConsentRequest)).all()
    assert {(row.answer, row.answered_at, row.own_words) for row in rows} == {(None, None, "")}
    assert scenario.consents() == {}
    assert scenario.excerpts() == set(QUOTED.values())
    with pytest.raises(Conflict):
        scenario.say("Amina", "name")
    with clock.at(opened.closes_at):
        assert not closing.close_due(clock.now())


def test_after_the_term_the_question_cannot_be_taken_back(scenario):
    opened = scenario.ask()
    with clock.at(opened.closes_at), pytest.raises(Conflict):
        rounds.withdraw_round(scenario.actor("curator"), scenario.lesson.id)


def test_the_reminder_goes_out_once_and_not_after_the_term(scenario):
    opened = scenario.ask()
    with clock.at(opened.remind_at - timedelta(minutes=1)):
        assert not closing.remind_due(clock.now())
    with clock.at(opened.remind_at):
        assert closing.remind_due(clock.now())
        assert not closing.remind_due(clock.now())
    assert events_of("reminded") == [{"round_id": opened.id}]
    opened.reminded_at = None
    with clock.at(opened.closes_at):
        assert not closing.remind_due(clock.now())


def test_a_change_says_why_to_the_author(scenario):
    number = scenario.excerpt_id("Bart")
    changed = Wording("Half of them came back", {}, "somebody of a centre city")
    with pytest.raises(Invalid) as refused:
        scenario.ask(wordings={number: changed})
    assert refused.value.field == f"why-{number}-0"
    whys = {Changed("after one call", ""): "You asked to leave this out."}
    scenario.ask(wordings={number: Wording(changed.words, whys, changed.as_masked)})
    assert scenario.request("Bart").changes == [
        {"was": "after one call", "becomes": "", "why": "You asked to leave this out."}
    ]


def test_what_is_taken_out_for_good_while_it_is_asked_is_asked_no_more(scenario):
    opened, others = scenario.ask(), set(scenario.authors) - {"Bart"}
    asked = scenario.request("Bart").id
    scenario.say("Bart", ConsentAnswer.OTHER_WORDS, own_words="Something else")
    settling.erase(scenario.authors["Bart"].id)
    with pytest.raises(NotFound):
        requests.get(scenario.actor("Bart"), asked)
    assert requests.waiting(scenario.actor("Bart")) == []
    for name in others:
        scenario.say(name, "masked")
    assert scenario.lesson.round_id is None, "everybody who is still asked said yes"
    assert set(scenario.consents()) == others
    assert scenario.excerpts() == {QUOTED[name] for name in others}
    with pytest.raises(NotFound):
        other_words.take(scenario.actor("curator"), scenario.lesson.id, asked)
    assert opened.closed_at is not None
