"""The counts that are kept for the library are those that a look at every lesson gives, for every reader."""

import random

import pytest

from forum.domain.lessons import claims, lessons, library, library_choice
from forum.domain.lessons.library_choice import Choice
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from forum.policy.readers import reader_values
from tests import reviewed
from tests.factories import actor, join, make_member
from tests.lesson_scenario import WORDS, build
from tests.sweeps import few_of

CHECKERS = {Audience.SPACE: "second", Audience.NETWORK: "reviewer", Audience.PUBLIC: "editor"}


def looked_at(reader):
    """Every count, by looking at every lesson: what the library does once a filter is chosen."""
    query = library._sums(reader is not None, Choice())
    return [number or 0 for number in db.session.execute(query, reader_values(reader)).one()]


def kept(reader):
    """Every count as the library shows it, in the same order."""
    counts = library.counts(reader, Choice())
    return [
        counts.total,
        *(counts.by[name][value] for name in library_choice.KNOWN for value in library_choice.KNOWN[name]),
    ]


def publish(scenario, audience, **values):
    lesson = scenario.draft()
    curator = scenario.actor("curator")
    saved = lessons.working(lesson).saved_count
    lessons.save(curator, lesson.id, saved_count=saved, **values)
    if values["outcome"] == Outcome.DISCUSSION:  # a note of one has two positions
        other = claims.add(curator, lesson.id, text="Others see it differently")
        claims.quote(curator, other.id, post_id=scenario.post.id, words=WORDS, stance="nuances")
    lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
    reviewed.publish(scenario.actor(CHECKERS[audience]), lesson.id, recognised=False)
    return lesson


@pytest.mark.parametrize("seed", few_of(range(3), 0))
def test_they_agree_for_everybody_whatever_is_published(session, seed):
    chance, scenario = random.Random(seed), build(Audience.PUBLIC)
    guest = make_member("Gust")
    join(guest, scenario.space, Role.GUEST)
    readers = [
        None,
        *(actor(person) for person in (scenario.reader, scenario.author, scenario.editor, guest)),
    ]
    for number in range(8):
        publish(
            scenario,
            chance.choice(list(Audience)),
            title=f"Lesson {number}",
            outcome=chance.choice(library_choice.OUTCOMES),
            axis=chance.choice(list(Axis)),
            needs=chance.sample(list(Need), chance.randint(1, 3)),
            alternative_reading="It may also be chance.",
            open_questions=["For whom?"],
        )
        for reader in readers:
            assert kept(reader) == looked_at(reader)
    assert kept(None) != kept(actor(scenario.author)), "they are not all the same"


def test_a_new_version_counts_in_place_of_the_old_one(session):
    scenario = build(Audience.PUBLIC)
    lesson = publish(scenario, Audience.NETWORK, outcome=Outcome.WORKED, axis=Axis.DENSITY)
    reader = scenario.actor("reader")
    lessons.revise(scenario.actor("curator"), lesson.id)
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=1, outcome=Outcome.FAILED, change_note="No"
    )
    assert library.counts(reader, Choice()).by["outcome"]["worked"] == 1, "not published yet"
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    by = library.counts(reader, Choice()).by["outcome"]
    assert (by["worked"], by["failed"]) == (0, 1)
    assert kept(reader) == looked_at(reader)


def test_a_city_counts_as_soon_as_its_speaker_lets_it_be_named(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    reader = scenario.actor("reader")
    assert library.counts(reader, Choice()).by["city"]["aalst"] == 0
    scenario.agree(lesson, WORDS, city_shown=True)
    assert library.counts(reader, Choice()).by["city"]["aalst"] == 1
    assert kept(reader) == looked_at(reader)
