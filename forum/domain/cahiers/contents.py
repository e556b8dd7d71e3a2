"""The lessons of a cahier: added in their current version, put in order, pinned to another version, taken out."""

import re
from typing import Any

from sqlalchemy import func, select

from forum.domain.cahiers import cahiers, queries
from forum.domain.lessons import numbers
from forum.domain.lessons.listed import listed
from forum.domain.lines import clean_line
from forum.infra import rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.cahiers import Cahier, CahierLesson
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.policy.actors import Actor
from forum.policy.errors import Invalid, NotFound
from forum.policy.readers import reader_values
from forum.policy.visibility import visible

MOST = 12  # lessons: all of them stand on one page
_VERSION = re.compile(r"/v/(\d{1,5}\.\d{1,5})(?!\d)")


def of(actor: Actor, cahier: Cahier) -> list[Any]:
    """Return the lessons of a cahier that its editor sees, in their order (one query)."""
    query = queries.lessons(signed_in=True).where(CahierLesson.cahier_id == cahier.id)
    return list(db.session.execute(query, reader_values(actor)).all())


def add(actor: Actor, slug: str, typed: str, *, why: str = "") -> Cahier:
    """Add a lesson by its number or address, at the end, in its current version or the one that the address names.

    One that is there already stays as it is. NotFound, Forbidden, Invalid at `lesson` or `why`, TooOften.
    """
    why = clean_line(why, field="why", limit=CahierLesson.WHY_MAX)
    cahier = cahiers.locked(actor, slug)
    lesson, version = _asked(actor, typed)
    if _row(cahier, lesson.id) is not None:
        return cahier
    _check(cahier, lesson)
    rates.spend("cahier", f"member:{actor.id}", limit=cahiers.MOST_CHANGES)
    last, number = db.session.execute(
        select(func.coalesce(func.max(CahierLesson.position), 0), func.count()).where(
            CahierLesson.cahier_id == cahier.id
        )
    ).one()
    if number >= MOST:
        raise Invalid("lesson", _("A cahier has at most %(most)d lessons.", most=MOST))
    row = CahierLesson(cahier_id=cahier.id, lesson_id=lesson.id, version_id=version.id, position=last + 1)
    row.why = why
    db.session.add(row)
    cahiers.changed(actor, cahier, "added")
    return cahier


def say_why(actor: Actor, slug: str, public_id: str, why: str) -> Cahier:
    """Say in one line why a lesson stands in a cahier, or nothing. NotFound, Forbidden, Invalid at `why`, TooOften."""
    why = clean_line(why, field="why", limit=CahierLesson.WHY_MAX)
    cahier, row = _locked(actor, slug, public_id)
    if row.why != why:
        row.why = why
        cahiers.changed(actor, cahier, "reworded")
    return cahier


def pin(actor: Actor, slug: str, public_id: str, number: str) -> Cahier:
    """Let a cahier have another published version of a lesson; the same again changes nothing.

    NotFound, Forbidden, TooOften.
    """
    cahier, row = _locked(actor, slug, public_id)
    version = _version(row.lesson_id, number)
    if row.version_id != version.id:
        row.version_id = version.id
        cahiers.changed(actor, cahier, "pinned")
    return cahier


def move(actor: Actor, slug: str, public_id: str, *, up: bool, place: int) -> Cahier:
    """Exchange a lesson with the one above or below it, of those that the editor sees.

    `place`: where it stood among them when the editor saw it, from 1; sent twice it moved once. NotFound, Forbidden,
    TooOften.
    """
    cahier, row = _locked(actor, slug, public_id)
    order = [one.id for one in of(actor, cahier)]
    here, there = place - 1, place - 2 if up else place
    if not (0 <= there < len(order) and 0 <= here < len(order)) or order[here] != row.id:
        return cahier
    other = db.session.get_one(CahierLesson, order[there])
    row.position, other.position = other.position, row.position
    cahiers.changed(actor, cahier, "moved")
    return cahier


def take_out(actor: Actor, slug: str, public_id: str) -> Cahier:
    """Take a lesson out of a cahier; without it nothing happens. NotFound, Forbidden, TooOften."""
    cahier = cahiers.locked(actor, slug)
    try:
        _cahier, row = _locked(actor, slug, public_id)
    except NotFound:
        return cahier
    db.session.delete(row)
    cahiers.changed(actor, cahier, "taken_out")
    return cahier


def _asked(actor: Actor, typed: str) -> tuple[Lesson, LessonVersion]:
    """The published lesson that the actor sees, by its number or address, and its version; Invalid at `lesson`."""
    query = visible(Lesson, actor).where(listed(), Lesson.public_id == numbers.in_words(typed))
    lesson = db.session.scalars(query).one_or_none()
    if lesson is None:
        raise Invalid("lesson", _("There is no such lesson, or you may not read it."))
    if numbered := _VERSION.search(typed):
        try:
            return lesson, _version(lesson.id, numbered[1])
        except NotFound:
            raise Invalid("lesson", _("This lesson has no such version.")) from None
    return lesson, db.session.get_one(LessonVersion, lesson.current_id)


def _check(cahier: Cahier, lesson: Lesson) -> None:
    if lesson.audience == Audience.SPACE:
        raise Invalid("lesson", _("Only its space reads this lesson, so it cannot stand in a cahier."))
    if cahier.audience == Audience.PUBLIC and lesson.audience != Audience.PUBLIC:
        raise Invalid("lesson", _("Everybody reads this cahier, and this lesson is not for everybody."))


def _version(lesson_id: int, number: str) -> LessonVersion:
    query = select(LessonVersion).filter_by(lesson_id=lesson_id, number=number or "-")
    version = db.session.scalars(query).one_or_none()
    if version is None:
        raise NotFound
    return version


def _row(cahier: Cahier, lesson_id: int) -> CahierLesson | None:
    return db.session.scalars(
        select(CahierLesson).filter_by(cahier_id=cahier.id, lesson_id=lesson_id)
    ).one_or_none()


def _locked(actor: Actor, slug: str, public_id: str) -> tuple[Cahier, CahierLesson]:
    """A cahier that the actor changes, locked, and a lesson in it that they see; NotFound, Forbidden, TooOften."""
    cahier = cahiers.locked(actor, slug)
    lesson = db.session.scalars(visible(Lesson, actor).where(Lesson.public_id == public_id)).one_or_none()
    row = _row(cahier, lesson.id) if lesson is not None else None
    if row is None:
        raise NotFound
    rates.spend("cahier", f"member:{actor.id}", limit=cahiers.MOST_CHANGES)
    return cahier, row
