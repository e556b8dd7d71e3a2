"""The numbers of lessons tell nothing of lessons elsewhere, and no two lessons have the same."""

import pytest

from forum.domain.lessons import numbers
from forum.domain.lessons import page as lesson_page
from forum.infra import days
from forum.infra.db import db
from forum.models.lessons import LessonNumber
from forum.models.spaces import Audience
from forum.policy.errors import NotFound
from tests.lesson_scenario import build


def test_what_is_drawn_is_drawn_again_when_a_lesson_has_it(monkeypatch):
    scenario = build()
    lesson, year = scenario.published(), days.today().year
    taken = int(lesson.public_id.rsplit("-", 1)[1])
    lots = iter([lesson.id, 1_234_567, taken, taken, 54_321])
    monkeypatch.setattr(numbers.secrets, "choice", lambda among: next(lots))
    assert numbers.new_id() == 1_234_567
    assert numbers.new_public_id() == f"les-{year}-54321"
    assert db.session.get_one(LessonNumber, year).last == 2


def test_neither_a_public_id_nor_an_address_counts_lessons_elsewhere(monkeypatch):
    """A lesson for its space alone stands between two for all: nobody else can tell from their numbers."""
    lots = iter([7_000_000, 40_000, 3_000_000, 70_000, 5_000_000, 10_000])
    monkeypatch.setattr(numbers.secrets, "choice", lambda among: next(lots))
    scenario, year = build(), days.today().year
    first, second, third = (
        scenario.published(audience, by)
        for audience, by in (
            (Audience.NETWORK, "reviewer"), (Audience.SPACE, "second"), (Audience.NETWORK, "reviewer"),
        )
    )  # fmt: skip
    assert [lesson.id for lesson in (first, second, third)] == [7_000_000, 3_000_000, 5_000_000]
    assert [lesson.public_id for lesson in (first, third)] == [f"les-{year}-40000", f"les-{year}-10000"]
    assert lesson_page.page(scenario.actor("author"), second.public_id).lesson is second
    with pytest.raises(NotFound):
        lesson_page.page(scenario.actor("reader"), second.public_id)
    second.public_id = "les-2026-009"  # as ids were before
    db.session.flush()
    assert lesson_page.page(scenario.actor("author"), "les-2026-009").lesson is second
