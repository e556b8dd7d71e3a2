"""What the makers of a version said of it, while it goes back and forth between them and its reviewer."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from forum.domain.lessons import lessons, undo
from forum.domain.lessons.unknowns import answers
from forum.infra import days
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Confidence, LessonVersion
from forum.models.spaces import Audience
from forum.models.themes import Need
from forum.models.threads import Outcome
from forum.models.unknowns import Unknown
from tests import reviewed
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
# Not said by anybody: which row it is, when it was made and by whom, and what its seal and its publication add.
OWN = {
    LessonVersion: {
        "id", "lesson_id", "sequence", "number", "cities", "masked", "origin_cities", "saved_count", "created_at",
        "created_by_id", "saved_at", "sealed_at", "published_at",
    },
    Claim: {"id", "version_id", "root_id"},
    Excerpt: {
        "id", "claim_id", "right_audience", "right_space_id", "consent_id", "removal", "removed_at",
    },
}  # fmt: skip
COSTS = "What it costs."
SAID = {
    "title": "Talk first", "one_sentence": "Talk.", "outcome": Outcome.PARTLY, "needs": [Need.FACTS.value],
    "confidence": Confidence.LOW, "licence": "CC-BY-4.0", "unknowns": "Whether it lasts.", "conditions": ["a"],
    "not_for": ["b"], "addressees": ["c"], "assumptions": ["d"], "open_questions": ["e"], "change_note": "More.",
    "external_sources": [{"title": "T", "url": "https://a.example/", "accessed": "2026-11-01", "kind": "facts"}],
}  # fmt: skip


def said(row):
    names = {one.key for one in inspect(type(row)).columns}
    assert names > OWN[type(row)]
    return {name: getattr(row, name) for name in names - OWN[type(row)]}


def all_said(version):
    claims = db.session.scalars(
        select(Claim).where(Claim.version_id == version.id).order_by(Claim.position)
    ).all()
    under = [
        [said(row) for row in db.session.scalars(select(Excerpt).where(Excerpt.claim_id == claim.id))]
        for claim in claims
    ]
    return said(version), [(claim.root, said(claim)) for claim in claims], under


def test_all_that_was_said_of_a_version_survives_a_return_and_a_recall(session):
    town = build()
    curator, reviewer = town.actor("curator"), town.actor("reviewer")
    lesson = town.draft()
    saved = lessons.working(lesson).saved_count
    lessons.save(curator, lesson.id, saved_count=saved, unknowns=f"Whether it lasts.\n{COSTS}")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(reviewer, lesson.id)
    costs = db.session.scalars(select(Unknown).where(Unknown.text == COSTS)).one()
    fresh = said(lessons.revise(curator, lesson.id))
    answers.choose(curator, lesson.id, [costs.id])
    version = lessons.working(lesson)
    for name, value in SAID.items():
        setattr(version, name, value)
    version.review_on = days.today() + timedelta(days=90)
    for name in ("summary", "context", "problem", "what_was_done", "result", "alternative_reading", "owner"):
        setattr(version, name, f"The {name} of it.")
    for name in LessonVersion.ADVICE:
        setattr(version, name, f"Advice, {name}.")
    db.session.flush()
    expected = all_said(version)
    unchanged = {name for name, value in expected[0].items() if value == fresh[name]}
    assert unchanged == {"axis", "policy_id", "recommendation"}, "a column that this test leaves as it was"
    for back in (
        lambda: lessons.send_back(reviewer, lesson.id, note="One more look, please."),
        lambda: undo.ask_back(curator, lesson.id),
    ):
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
        assert all_said(back()) == expected
    assert expected[0]["answers"] == [COSTS]
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(reviewer, lesson.id)
    assert costs.answered_by_id == lesson.current_id
    # What was said of that version is not said of the next one.
    after = lessons.revise(curator, lesson.id)
    assert (after.answers, after.change_note, after.review_on) == ([], "", None)
