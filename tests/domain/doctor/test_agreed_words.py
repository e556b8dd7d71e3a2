"""Words to which authors agreed after they were masked, or which they wrote themselves, are no fault; others are."""

from forum.domain.consents import other_words
from forum.domain.doctor import words
from forum.infra.db import db
from forum.models.consents import ConsentAnswer
from tests.consent_scenario import build


def test_masked_and_other_words_are_known_by_what_was_said(session):
    made = build()
    opened = made.ask()
    made.say("Amina", ConsentAnswer.MASKED)
    made.say("Bart", ConsentAnswer.OTHER_WORDS, own_words="Half came back.")
    made.close(opened)
    other_words.take(made.actor("curator"), made.lesson.id, made.request("Bart").id)
    given = made.consents()
    assert given["Amina"].words == "In [a centre city] we rang all eleven who stopped"
    assert given["Bart"].words == "Half came back."
    assert list(words.agreed()) == []
    given = made.consents()
    given["Amina"].words = "In Aalst we rang nobody"
    given["Chris"].sha256 = "0" * 64
    db.session.flush()
    (finding,) = words.agreed()
    assert finding.count == 2


def test_what_was_asked_under_another_claim_or_in_another_lesson_excuses_no_words(session):
    made = build()
    opened = made.ask()
    made.say("Amina", ConsentAnswer.OTHER_WORDS, own_words="Nobody was rung.")
    made.close(opened)
    other_words.take(made.actor("curator"), made.lesson.id, made.request("Amina").id)
    assert list(words.agreed()) == []
    made.request("Amina").claim_text = "Another claim"
    db.session.flush()
    (finding,) = words.agreed()
    assert finding.count == 1
