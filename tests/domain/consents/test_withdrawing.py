"""A yes taken back between the closing and the publication: the words go wherever nobody published them."""

from datetime import timedelta

import pytest

from forum.domain.consents import desk, other_words, requests, rounds, withdrawing
from forum.domain.lessons import claims, lessons, review_losses, undo
from forum.domain.lessons import page as lesson_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import ConsentAnswer, Masking
from forum.models.events import Event
from forum.models.lessons import LessonState
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Invalid, NotFound
from tests import reviewed
from tests.consent_scenario import CLAIMS, QUOTED, build


@pytest.fixture
def agreed(session):
    """Everybody said yes, so that the round closed."""
    scenario = build()
    scenario.ask()
    for name in scenario.authors:
        scenario.say(name, "masked")
    return scenario


def take_back(scenario, name="Bart"):
    withdrawing.withdraw(scenario.actor(name), scenario.request(name).id)


def submit(scenario):
    return lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)


def in_preview(scenario):
    page = lesson_page.preview(scenario.actor("reviewer"), scenario.lesson.id)
    return {excerpt.words for claim in page.claims for excerpt in claim.excerpts}


def test_only_the_author_takes_a_yes_back_and_the_draft_loses_the_words(agreed):
    curator, lesson = agreed.actor("curator"), agreed.lesson
    for name in ("curator", "second", "reviewer", "Amina"):
        with pytest.raises(NotFound):
            withdrawing.withdraw(agreed.actor(name), agreed.request("Bart").id)
    assert rounds.waiting(curator) != [], "the round closed a moment ago"
    rounds.look(curator, lesson.id)
    for _twice in range(2):
        take_back(agreed)
    assert agreed.excerpts() == {QUOTED["Amina"], QUOTED["Chris"]}
    page = desk.page(curator, lesson.id, Audience.NETWORK)
    assert {one.author: one.state for one in page.outcome} == {
        "Amina": "stands",
        "Bart": "gone",
        "Chris": "stands",
    }
    assert [claim.text for claim in page.leaning] == [CLAIMS["Bart"]]
    assert [one.lesson_id for one in rounds.waiting(curator)] == [lesson.id]
    claims.remove(curator, agreed.claims()[1].id)
    with pytest.raises(Invalid) as refused:
        submit(agreed)
    assert refused.value.field == "audience"
    rounds.look(curator, lesson.id)
    assert submit(agreed).state == LessonState.IN_REVIEW


def test_what_is_left_is_what_no_answer_would_have_left(session):
    scenario = build()
    opened = scenario.ask()
    scenario.say("Amina", "masked")
    scenario.say("Bart", "name")
    scenario.close(opened)
    with clock.at(opened.closes_at + timedelta(days=1)):
        take_back(scenario)
    asked = scenario.request("Bart")
    assert (asked.answer, asked.answered_at, asked.own_words, asked.left_at) == (None, None, "", None)
    withdrawn, silent = scenario.consents()["Bart"], scenario.consents()["Chris"]
    own = {"id", "post_id", "author_id", "words", "sha256", "claim_text"}
    columns = [column.name for column in withdrawn.__table__.columns if column.name not in own]
    assert [getattr(withdrawn, name) for name in columns] == [getattr(silent, name) for name in columns]
    assert withdrawn.words == QUOTED["Bart"]


def test_other_words_that_were_taken_can_be_taken_back_too(session):
    scenario = build()
    opened = scenario.ask()
    scenario.say("Bart", "other_words", own_words="Most of them came back.")
    scenario.close(opened)
    with pytest.raises(Conflict):
        take_back(scenario)
    other_words.take(scenario.actor("curator"), scenario.lesson.id, scenario.request("Bart").id)
    take_back(scenario)
    held, asked = scenario.consents()["Bart"], scenario.request("Bart")
    assert (held.agreed, held.words, held.adapted, asked.own_words, asked.taken_at) == (
        False,
        QUOTED["Bart"],
        False,
        "",
        None,
    )
    assert QUOTED["Bart"] not in scenario.excerpts()


def test_a_version_in_review_loses_the_words_and_is_not_published(agreed):
    lesson, reviewer = agreed.lesson, agreed.actor("reviewer")
    submit(agreed)
    read = in_preview(agreed)
    assert len(read) == 3
    take_back(agreed)
    assert len(in_preview(agreed)) == 2
    assert review_losses.lost(lessons.working(lesson)).taken_back
    told = db.session.scalars(db.select(Event).where(Event.name == "review.shortened")).all()
    assert len(told) == 1
    with pytest.raises(Invalid) as refused:
        reviewed.publish(reviewer, lesson.id, recognised=False)
    assert refused.value.field == "audience"
    lessons.send_back(reviewer, lesson.id, note="An excerpt went.")
    curator = agreed.actor("curator")
    assert agreed.excerpts() == {QUOTED["Amina"], QUOTED["Chris"]}
    assert [one.lesson_id for one in rounds.waiting(curator)] == [lesson.id]
    page = desk.page(curator, lesson.id, Audience.NETWORK)
    assert [claim.text for claim in page.leaning] == [CLAIMS["Bart"]]
    claims.remove(curator, agreed.claims()[1].id)
    with pytest.raises(Invalid):
        submit(agreed)
    rounds.look(curator, lesson.id)
    assert rounds.waiting(curator) == []
    submit(agreed)
    reviewed.publish(reviewer, lesson.id, recognised=False)


def test_a_version_that_came_back_from_review_gives_no_words_back(agreed):
    submit(agreed)
    undo.ask_back(agreed.actor("curator"), agreed.lesson.id)
    take_back(agreed)
    assert QUOTED["Bart"] not in agreed.excerpts()
    kept = db.session.execute(
        db.text("SELECT count(*) FROM excerpt WHERE words = :words"), {"words": QUOTED["Bart"]}
    )
    assert kept.scalar() == 0, "nor in the version that was in review"


def test_once_it_is_published_it_is_taken_out_where_one_is_quoted(agreed):
    submit(agreed)
    reviewed.publish(agreed.actor("reviewer"), agreed.lesson.id, recognised=False)
    with pytest.raises(Conflict):
        take_back(agreed)
    assert agreed.consents()["Bart"].agreed
    assert agreed.request("Bart").answer == ConsentAnswer.MASKED


def test_there_is_nothing_to_take_back_before_the_closing_or_while_it_is_asked_anew(session):
    scenario = build()
    scenario.ask()
    scenario.say("Bart", "masked")
    with pytest.raises(Conflict):
        take_back(scenario)
    scenario.say("Amina", "name")
    assert scenario.say("Chris", "name")
    first = scenario.request("Bart").id
    scenario.ask(Audience.PUBLIC)
    with pytest.raises(Conflict):
        withdrawing.withdraw(scenario.actor("Bart"), first)
    for name in scenario.authors:
        scenario.say(name, "function")
    withdrawing.withdraw(scenario.actor("Bart"), first)
    assert scenario.request("Bart").answer is None, "neither for those readers nor for more"
    assert QUOTED["Bart"] not in scenario.excerpts()
    assert scenario.consents()["Amina"].masking in {Masking.NAME, Masking.FUNCTION}


def test_an_earlier_yes_takes_nothing_from_a_draft_that_is_asked_about_under_another_claim(agreed):
    first, curator = agreed.request("Bart").id, agreed.actor("curator")
    claims.reword(curator, agreed.claims()[1].id, text="Nobody asked")
    agreed.ask()
    assert not requests.get(agreed.actor("Bart"), first).may_withdraw
    with pytest.raises(Conflict):
        withdrawing.withdraw(agreed.actor("Bart"), first)
    assert QUOTED["Bart"] in agreed.excerpts()


def test_a_yes_that_no_version_uses_holds_up_no_publication(agreed):
    claims.remove(agreed.actor("curator"), agreed.claims()[1].id)
    submit(agreed)
    take_back(agreed)
    assert not review_losses.lost(lessons.working(agreed.lesson))
    reviewed.publish(agreed.actor("reviewer"), agreed.lesson.id, recognised=False)


def test_a_yes_to_a_new_claim_is_taken_back_although_the_old_one_is_published(agreed):
    submit(agreed)
    reviewed.publish(agreed.actor("reviewer"), agreed.lesson.id, recognised=False)
    lessons.revise(agreed.actor("curator"), agreed.lesson.id)
    claims.reword(agreed.actor("curator"), agreed.claims()[1].id, text="Nobody asked")
    agreed.ask()
    agreed.say("Bart", "name")
    assert requests.get(agreed.actor("Bart"), agreed.request("Bart").id).may_withdraw
    take_back(agreed)
    assert QUOTED["Bart"] not in agreed.excerpts()


def test_what_was_agreed_to_anew_waits_for_nobody_once_the_lesson_came_back(session):
    scenario = build()
    opened, curator = scenario.ask(), scenario.actor("curator")
    scenario.say("Amina", "masked")
    scenario.say("Chris", "masked")
    scenario.close(opened)
    claim, post = scenario.claims()[1], scenario.posts["Bart"]
    claims.quote(curator, claim.id, post_id=post.id, words=QUOTED["Bart"], stance="supports")
    scenario.ask()
    scenario.say("Bart", "masked")
    submit(scenario)
    lessons.send_back(scenario.actor("reviewer"), scenario.lesson.id, note="Once more.")
    assert desk.page(curator, scenario.lesson.id, Audience.NETWORK).leaning == []
    assert rounds.waiting(curator) == []
