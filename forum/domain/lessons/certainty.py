"""How sure a lesson may say that it is: not surer than what it rests on.

It is asked when a version is sent: what was published before stays as it is.
"""

from collections.abc import Iterable
from typing import NamedTuple

from forum.domain.house_rules import terms
from forum.domain.threads import excerpts
from forum.infra.db import db
from forum.infra.i18n import _, ngettext
from forum.models.lessons import Confidence, Lesson, LessonVersion
from forum.models.threads import Outcome


class Ceiling(NamedTuple):
    """The most that may be said, and why not more; "" where nothing is above it."""

    most: Confidence
    reason: str


def ceiling(lesson: Lesson, cities: Iterable[str | None]) -> Ceiling:
    """Return how sure a lesson may be, on excerpts from these cities."""
    if len({city for city in cities if city}) < 2:
        return Ceiling(Confidence.FAIR, _("Excerpts from one city only: “fairly sure” is the most."))
    # Enough other cities applied it well, whether an editor confirmed that yet or not (`confirming`).
    if lesson.ready_at is None and lesson.confirmed_at is None:
        reason = ngettext(
            "Only when %(num)d other city applied it with success: until then “fairly sure” is the most.",
            "Only when %(num)d other cities applied it with success: until then “fairly sure” is the most.",
            terms.of_today().cities,
        )
        return Ceiling(Confidence.FAIR, reason)
    return Ceiling(Confidence.HIGH, "")


def of_version(version: LessonVersion) -> Ceiling:
    """Return how sure a version may be, on the excerpts that can be read (one query)."""
    quotes = excerpts.under(version.id)
    lesson = db.session.get_one(Lesson, version.lesson_id)
    return ceiling(lesson, [quoted.city for quoted in quotes if not quoted.withheld])


def too_sure(version: LessonVersion) -> str:
    """Return why a version may not be as sure as it says, "" where it may."""
    if version.confidence != Confidence.HIGH or version.outcome == Outcome.DISCUSSION:
        return ""
    return of_version(version).reason
