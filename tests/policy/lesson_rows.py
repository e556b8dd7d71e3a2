"""Lessons, versions, claims and adoption reports in every state, by the names of the tables' rows."""

from typing import Any

from forum.infra.db import db
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.claims import Claim
from forum.models.lessons import Confidence, Lesson, LessonState, LessonVersion
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis
from forum.models.threads import Outcome
from tests.factories import LONG_AGO
from tests.policy.people import Town

# What a lesson went through ("new": after a version was published before), and its versions: with a number once
# published, "draft" while somebody writes, "handed in" while somebody checks it, "returned" when it came back.
LIVES: dict[str, tuple[LessonState, tuple[str, ...]]] = {
    "draft": (LessonState.DRAFT, ("draft",)),
    "returned": (LessonState.DRAFT, ("returned", "draft")),
    "in review": (LessonState.IN_REVIEW, ("returned", "handed in")),
    "published": (LessonState.PUBLISHED, ("1.0",)),
    "new draft": (LessonState.DRAFT, ("1.0", "draft")),
    "new in review": (LessonState.IN_REVIEW, ("1.0", "returned", "handed in")),
    "published twice": (LessonState.PUBLISHED, ("1.0", "1.1")),
}
WORKING = {"draft", "handed in"}
Made = dict[str, tuple[Lesson, dict[str, LessonVersion]]]


def make(town: Town) -> Made:
    """Every life for every audience here, and some elsewhere, each with its versions (three flushes)."""
    made: Made = {}
    for life in LIVES:
        for audience in Audience:
            made[f"{audience.value}, {life}"] = _made(town, town.here, audience, life)
    for life in ("draft", "in review", "published"):
        made[f"away, network, {life}"] = _made(town, town.elsewhere, Audience.NETWORK, life)
    made["away, space, in review"] = _made(town, town.elsewhere, Audience.SPACE, "in review")
    made["unlisted, space, published"] = _made(town, town.unlisted, Audience.SPACE, "published")
    db.session.add_all(lesson for lesson, _versions in made.values())
    db.session.flush()
    for lesson, versions in made.values():
        for version in versions.values():
            version.lesson_id = lesson.id
    db.session.add_all(version for _lesson, versions in made.values() for version in versions.values())
    db.session.flush()
    for name, (lesson, versions) in made.items():
        _point(lesson, versions, LIVES[_life(name)][0])
    db.session.flush()
    return made


def one_more(
    town: Town, audience: Audience, life: str = "in review"
) -> tuple[Lesson, dict[str, LessonVersion]]:
    """One more lesson here, with its versions."""
    lesson, versions = _made(town, town.here, audience, life)
    db.session.add(lesson)
    db.session.flush()
    for version in versions.values():
        version.lesson_id = lesson.id
    db.session.add_all(versions.values())
    db.session.flush()
    _point(lesson, versions, LIVES[life][0])
    db.session.flush()
    return lesson, versions


def lessons(town: Town) -> dict[str, Lesson]:
    """Every lesson by its name."""
    return {name: lesson for name, (lesson, _versions) in make(town).items()}


def versions(town: Town) -> dict[str, LessonVersion]:
    """Every version by the name of its lesson and its own."""
    return {
        f"{name}: {own}": version
        for name, (_lesson, versions) in make(town).items()
        for own, version in versions.items()
    }


def claims(town: Town) -> dict[str, Claim]:
    """A claim on every version."""
    rows = {
        name: Claim(version_id=version.id, position=1, text="Contact keeps people")
        for name, version in versions(town).items()
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows


def adoptions(town: Town) -> dict[str, AdoptionReport]:
    """A report on every lesson, by somebody elsewhere."""
    rows = {
        name: AdoptionReport(
            lesson_id=lesson.id,
            city="gent",
            reporter_id=town.member("ome").id,
            outcome=AdoptionOutcome.WORKED,
            reported_on=LONG_AGO.date(),
        )
        for name, lesson in lessons(town).items()
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows


def _made(town: Town, space: Space, audience: Audience, life: str) -> tuple[Lesson, dict[str, LessonVersion]]:
    curator = town.member("cur").id
    lesson = Lesson(
        space_id=space.id,
        curator_id=curator,
        state=LessonState.DRAFT,
        audience=audience,
        created_at=LONG_AGO,
    )
    return lesson, {
        name: _version(name, sequence, curator) for sequence, name in enumerate(LIVES[life][1], start=1)
    }


def _version(name: str, sequence: int, made_by_id: int) -> LessonVersion:
    published = name[0].isdigit()
    values: dict[str, Any] = {"number": name, "published_at": LONG_AGO} if published else {}
    return LessonVersion(
        sequence=sequence,
        title="Put talking in the roster",
        outcome=Outcome.WORKED,
        axis=Axis.SOLIDARITY,
        confidence=Confidence.FAIR,
        created_at=LONG_AGO,
        created_by_id=made_by_id,
        saved_at=LONG_AGO,
        sealed_at=None if name == "draft" else LONG_AGO,
        **values,
    )


def _point(lesson: Lesson, made: dict[str, LessonVersion], state: LessonState) -> None:
    for name, version in made.items():
        if version.number is not None:
            lesson.current_id = version.id
        if name in WORKING:
            lesson.working_id = version.id
    lesson.state = state


def _life(name: str) -> str:
    return next(life for life in sorted(LIVES, key=len, reverse=True) if name.endswith(f", {life}"))
