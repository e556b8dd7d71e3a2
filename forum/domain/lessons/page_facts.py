"""What stands beside a lesson on its page, read together (one query): sources, versions, who made it, and more.

Of an origin that is kept from the reader the names are not even read.
"""

import json
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Integer, Select, bindparam, select

from forum.domain.lessons import confirmers, earlier_curators, origin_queries, page_queries, report_queries
from forum.domain.lessons.facts import Facts
from forum.domain.lessons.unknowns import sharing
from forum.domain.people import bylines
from forum.infra import clock, days
from forum.infra.columns import codes
from forum.infra.nested_rows import Nested
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.ageing import LessonSignal
from forum.models.disputes import CounterEvidence, EvidenceReply
from forum.models.lessons import Lesson, LessonVersion
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_edit_network, may_moderate
from forum.policy.actors import Actor
from forum.policy.ageing import may_affirm
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

MOST_SIGNALS = 50
_LESSON_ID, _VERSION_ID = (bindparam(name, type_=Integer) for name in ("lesson_id", "version_id"))
_ACTS = (UndoKind.CONFIRM, UndoKind.END)


class Shape(NamedTuple):
    """For whom it is read: what more there is of for each."""

    signed_in: bool
    hidden: bool
    vouched: bool
    makes: bool
    shares: bool
    confirms: bool


def of(reader: Actor | None, lesson: Lesson, version: LessonVersion, *, hidden: bool) -> Facts:
    """Return what stands beside a version of a lesson for a reader who may see it (one query)."""
    vouched = reader is not None and version.masked and version.published_at is not None
    shape = Shape(
        reader is not None,
        hidden,
        vouched,
        makes=bool(may_affirm(reader, lesson)),
        shares=reader is not None and lesson.ended_at is not None,
        confirms=lesson.ready_at is not None and bool(may_edit_network(reader)),
    )
    values = {
        **reader_values(reader),
        "lesson_id": lesson.id,
        "version_id": version.id,
        "successor_id": lesson.superseded_by_id,
        "curator_id": earlier_curators.at(lesson, version.sealed_at),
        "publisher_id": lesson.published_by_id,
        "then": days.day_of(lesson.created_at),
        "today": days.today(),
        "now": clock.now(),
        "everybody": bool(may_moderate(reader, lesson.space_id)),
        "reader_id": reader.id if reader is not None else None,
    }
    row = select_rows(_statement(shape), values).one()
    parts = {name: nested.rows(getattr(row, name)) for name, nested in _parts(shape).items()}
    acts = [act for act in parts.pop("acts", []) if json.loads(act.before).get("lesson_id") == lesson.id]
    insider = next(iter(parts.pop("insider", [])), None)
    return Facts(**parts, acts=acts, insider=insider)


@cached
def _statement(shape: Shape) -> Select[Any]:
    columns = [nested.column(name) for name, nested in _parts(shape).items()]
    return cast(Select[Any], select(*columns))


@cache
def _parts(shape: Shape) -> dict[str, Nested]:
    queries: dict[str, Select[Any]] = {
        "sources": page_queries.sources(shape.signed_in),
        "history": origin_queries.history(shape.signed_in),
        "orphans": report_queries.orphans(shape.signed_in),
        "replies": _replies(),
        "successor": _successor(shape.signed_in),
    }
    people = "checkers" if shape.hidden else "people"
    queries[people] = origin_queries.checkers() if shape.hidden else origin_queries.people()
    if shape.vouched:
        queries["vouchers"] = origin_queries.vouchers()
    if shape.makes:
        queries["signals"] = _open_signals()
    if shape.shares:
        queries["shared"] = sharing.own(_reader().id, _LESSON_ID)
    if shape.confirms:
        queries["insider"] = confirmers.insiders(_reader().id, _LESSON_ID)
    if shape.signed_in:
        queries["acts"] = _acts()
    return {name: Nested(query) for name, query in queries.items()}


def _open_signals() -> Select[Any]:
    """What readers said of the lesson `lesson_id` and nobody answered, the latest first."""
    query: Any = (
        select(LessonSignal.reason, LessonSignal.made_at, *bylines.COLUMNS)
        .join(Member, Member.id == LessonSignal.author_id)
        .outerjoin(Capacity, Capacity.id == LessonSignal.capacity_id)
        .where(LessonSignal.lesson_id == _LESSON_ID, LessonSignal.answered_at.is_(None))
        .order_by(LessonSignal.id.desc())
        .limit(MOST_SIGNALS)
    )
    return cast(Select[Any], query)


def _reader() -> Any:
    return reader_param(signed_in=True)


def _replies() -> Select[Any]:
    query: Any = (
        select(
            EvidenceReply.evidence_id, EvidenceReply.author_id, EvidenceReply.words, EvidenceReply.changed_at
        )
        .join(CounterEvidence, CounterEvidence.id == EvidenceReply.evidence_id)
        .where(CounterEvidence.lesson_id == _LESSON_ID)
        .order_by(EvidenceReply.made_at, EvidenceReply.author_id)
    )
    return cast(Select[Any], query)


def _successor(signed_in: bool) -> Select[Any]:
    query: Any = (
        select(
            Lesson.public_id,
            LessonVersion.title,
            origin_queries.is_hidden(reader_param(signed_in)).label("hidden"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.id == bindparam("successor_id", type_=Integer), sees(Lesson, reader_param(signed_in)))
    )
    return cast(Select[Any], query)


def _acts() -> Select[Any]:
    query: Any = (
        select(UndoableAct.id, UndoableAct.kind, UndoableAct.until, codes(UndoableAct.before))
        .where(
            UndoableAct.actor_id == _reader().id,
            UndoableAct.kind.in_(_ACTS),
            UndoableAct.undone_at.is_(None),
            UndoableAct.until > bindparam("now", type_=UndoableAct.until.type),
        )
        .order_by(UndoableAct.id.desc())
    )
    return cast(Select[Any], query)
