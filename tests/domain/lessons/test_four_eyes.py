"""Who worked on a lesson never checks it, whatever their work was and whatever became of it since."""

from types import SimpleNamespace

import pytest

from forum.domain.consents import other_words, rounds
from forum.domain.lessons import disputes, holding, lessons, page
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.unknowns import answers, keeping
from forum.models.consents import ConsentAnswer
from forum.models.spaces import Audience, Role
from forum.policy.errors import Forbidden
from tests import consent_scenario, lesson_scenario, reviewed
from tests.factories import actor, make_member

pytestmark = pytest.mark.both_databases


def revised():
    """A new version of a published lesson, and its deputy."""
    town = lesson_scenario.build()
    lesson = town.published(Audience.SPACE, by="second")
    deputy = make_member("Tia", space=town.space, role=Role.MODERATOR)
    root = page.page(town.actor("author"), lesson.public_id).claims[0].root
    evidence = disputes.bring(town.actor("author"), lesson.public_id, claim=root, words="No.")
    disputes.accept(town.actor("second"), lesson.public_id, evidence.id)
    lessons.revise(town.actor("curator"), lesson.id)
    return SimpleNamespace(town=town, lesson=lesson, deputy=actor(deputy), evidence=evidence)


def asked():
    """A draft of which the authors said what they think, and its deputy."""
    town = consent_scenario.build()
    round_ = town.ask()
    town.say("Amina", ConsentAnswer.OTHER_WORDS, own_words="They said that nobody talks.")
    town.close(round_)
    return SimpleNamespace(town=town, lesson=town.lesson, deputy=town.actor("second"))


def complete():
    """A draft of which nobody asked the authors yet, and its deputy."""
    town = consent_scenario.build()
    return SimpleNamespace(town=town, lesson=town.lesson, deputy=town.actor("second"))


def chooses_answers(it):
    chosen = [row.id for row in keeping.open_of(it.lesson.id)]
    assert answers.choose(it.deputy, it.lesson.id, chosen).answers


def answers_a_dispute(it):
    disputes.answer_in_draft(it.deputy, it.lesson.public_id, it.evidence.id, words="I say it is answered.")


def sends_it(it):
    lessons.submit(it.deputy, it.lesson.id, audience=Audience.SPACE)
    lessons.send_back(it.town.actor("second"), it.lesson.id, note="More.")


def takes_other_words(it):
    other_words.take(it.deputy, it.lesson.id, it.town.request("Amina").id)


def leaves_other_words(it):
    other_words.leave(it.deputy, it.lesson.id, it.town.request("Amina").id)


def looks_at_a_closing(it):
    rounds.look(it.deputy, it.lesson.id)


def asks_authors(it):
    rounds.open_round(it.deputy, it.lesson.id, Audience.NETWORK)
    rounds.withdraw_round(it.town.actor("curator"), it.lesson.id)


@pytest.mark.parametrize(
    ("begin", "work"),
    [
        (revised, chooses_answers),
        (revised, answers_a_dispute),
        (revised, sends_it),
        (asked, takes_other_words),
        (asked, leaves_other_words),
        (asked, looks_at_a_closing),
        (complete, asks_authors),
    ],
    ids=lambda one: one.__name__,
)
def test_a_deputy_who_did_one_thing_checks_it_no_more(begin, work, session):
    it = begin()
    curator = it.town.actor("curator")
    holding.name_deputy(curator, it.lesson.id, member_id=it.deputy.id)
    work(it)
    holding.end_deputy(curator, it.lesson.id)
    it.lesson.state, it.lesson.audience = "in_review", Audience.SPACE
    version = lessons.working(it.lesson)
    assert not lesson_reviews.answer_for(it.deputy, it.lesson, version)
    with pytest.raises(Forbidden):
        reviewed.publish(it.deputy, it.lesson.id)


def test_a_deputy_who_did_nothing_may_still_check_it(session):
    it = revised()
    holding.name_deputy(it.town.actor("curator"), it.lesson.id, member_id=it.deputy.id)
    holding.end_deputy(it.town.actor("curator"), it.lesson.id)
    lessons.submit(it.town.actor("curator"), it.lesson.id, audience=Audience.SPACE)
    assert reviewed.publish(it.deputy, it.lesson.id).published_by_id == it.deputy.id
