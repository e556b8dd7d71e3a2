"""Sentences of a lesson that no claim carries are told, in the words of people who say it otherwise."""

import json

import pytest

from forum.domain.lessons.unborne import unborne
from tests.rules.source import ROOT

CLAIM = (
    "Wie eerst belt, raakt vaker binnen",
    "Van de twintig gezinnen deden er zeventien open na een telefoontje.",
)


def told(advice, *claims):
    """The sentences of an advice that none of the claims carries."""
    return [one.sentence for one in unborne({"recommendation": advice}, claims or [CLAIM])]


@pytest.mark.both_databases
def test_a_sentence_is_carried_by_other_forms_of_the_same_words_and_by_parts_of_compounds(session):
    assert told("Bel elk gezin. Laat niemand zonder telefoon.") == []
    assert told("Schrijf op welke telefoongesprekken hielpen.") == []
    assert told("Plant meer bomen langs de gracht.") == ["Plant meer bomen langs de gracht."]


def test_words_that_say_nothing_carry_nothing_and_are_not_asked_for(session):
    assert told("Doe het zo. En wat dan nog?") == []
    assert told("Iedereen moet er altijd zijn met de rolstoel.") == [
        "Iedereen moet er altijd zijn met de rolstoel."
    ]


def test_the_longer_a_sentence_the_more_of_it_has_to_be_carried(session):
    long = "Bel de gemeenteraad, de brandweer, de notaris, de fanfare, de molenaar, de visser, de dakwerker en de smid."
    assert told(long) == [long]
    assert told("Schrijf elk gezin.") == []


def test_a_draft_without_claims_is_told_that_and_nothing_else(session):
    assert unborne({"recommendation": "Plant bomen.", "result": ""}, []) == []


def test_of_the_demo_most_sentences_are_carried_and_none_of_another_lesson_is(session):
    """By their own claims more than half; by the claims of a lesson about something else hardly any."""
    lessons = json.loads((ROOT / "demo" / "demo_nl.json").read_text(encoding="utf-8"))["lessons"]
    assert len(lessons) == 8
    own, others, total = 0, 0, 0
    for number, lesson in enumerate(lessons):
        texts = {"recommendation": lesson.get("recommendation") or "", "result": lesson.get("result") or ""}
        other = lessons[(number + 3) % len(lessons)]
        total += len(unborne(texts, [("zzz",)]))
        own += len(unborne(texts, _claims(lesson)))
        others += len(unborne(texts, _claims(other)))
    assert total >= 30
    assert own < total / 2
    assert others > total * 0.8


def _claims(lesson):
    return [
        (claim["text"], *(one.get("excerpt", "") for one in claim.get("evidence", [])))
        for claim in lesson["claims"]
    ]
