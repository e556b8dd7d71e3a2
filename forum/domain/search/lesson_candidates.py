"""Lessons that may answer a question: all that fit, with where in them it stands.

There may be a thousand, which are counted and put in order: of each no more is read than that takes.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, or_, select

from forum.domain.lessons import library, library_choice, origin, origin_filters
from forum.domain.search.choice import Choice
from forum.domain.search.lookup import Lookup, claimed
from forum.domain.search.sought import Search, standing
from forum.infra.columns import code, codes, read_codes
from forum.infra.in_lists import in_list
from forum.infra.search_index import row_matches
from forum.infra.search_questions import Node
from forum.infra.statements import cached, planned_each_time, select_rows
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion
from forum.models.search import ClaimText, VersionText
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

MOST = 1_000  # lessons are candidates: where there are more, the latest changed
MOST_TEXTS = 100  # are read for a word that may have been meant
TITLE, SENTENCE, BODY = range(3)  # where a match stands, the best place first


class Shape(NamedTuple):
    """What the statement depends on: who asks, which filters narrow it, and whether the versions were found before."""

    signed_in: bool
    in_space: bool
    is_before: bool
    is_signed: bool
    narrowed: library_choice.Choice
    by_ids: bool = False


class LessonHit(NamedTuple):
    """A lesson that was found. `lacking`: how many of the words stand elsewhere in it, or (`missing`) nowhere.

    `by_part`: in its title or its sentence one of them stands as a part of another word alone.
    """

    version_id: int
    outcome: str
    axis: str
    needs: tuple[str, ...]
    cities: tuple[str, ...]
    state: int  # confirmed by others, published, or due for another look: the order of lessons that fit alike
    is_own: bool  # known to come from a space of the reader
    place: int
    by_part: bool
    lacking: int
    missing: int


def found(
    reader: Actor | None, lookup: Lookup, choice: Choice, space_id: int | None
) -> tuple[list[LessonHit], bool]:
    """Return the lessons that have it, the latest first, and whether there are more.

    One query, and two at most where `by` is asked.
    """
    values = reader_values(reader)
    if choice.moment is not None:
        values |= origin_filters.values_before(choice.moment)
    if choice.space:
        values["space_id"] = space_id
    if choice.by:
        values["signed"] = origin_filters.signed_by(reader, choice.name_words)
    shape = Shape(
        reader is not None, bool(choice.space), bool(choice.before), bool(choice.by), choice.of_lessons
    )
    rows: Sequence[Any]
    if (ids := lookup.all_versions) is not None:
        rows = select_rows(_narrow(shape._replace(by_ids=True)), {**values, "versions": sorted(ids)}).all()
        missing = [sum(row.version_id not in (each or ()) for each in lookup.versions) for row in rows]
    else:
        rows, missing = _rows(_narrow(shape), values, lookup)
    shown = zip(rows[:MOST], missing, strict=False)
    known = origin_filters.Known(reader)
    return [_hit(row, lookup.search, lost, known) for row, lost in shown], len(rows) > MOST


def texts_with(reader: Actor | None, lookup: Lookup) -> list[str]:
    """Return the keys of lessons that the reader may read and that have it, and of their claims (two queries)."""
    values, ids = reader_values(reader), lookup.all_versions
    found: list[str] = []
    for build in (_keys_of_versions, _keys_of_claims):
        if ids is not None:
            rows = select_rows(build(reader is not None, True), {**values, "versions": sorted(ids)})
        else:
            with planned_each_time():
                rows = select_rows(build(reader is not None, False).where(_has(lookup.wanted)), values)
        found += [" ".join(row) for row in rows]
    return found


def _rows(query: Select[Any], values: dict[str, Any], lookup: Lookup) -> tuple[Sequence[Any], list[int]]:
    """Lessons that have what is looked for where there are many, and how many of its words each of them lacks."""
    each = [_has(sought.node) for sought in lookup.search.wanted]
    query = query.where(*([or_(*each)] if lookup.some and each else each))
    if lookup.search.excluded:
        # Of a lesson that is not in the index yet nothing is known, so it has nothing of this.
        query = query.where(_has(lookup.search.none_of).is_not(True))
    if lookup.some:
        query = query.add_columns(*(has.label(f"has_{number}") for number, has in enumerate(each)))
    with planned_each_time():
        rows = select_rows(query, values).all()
    places = range(len(each) if lookup.some else 0)
    return rows, [sum(not getattr(row, f"has_{number}") for number in places) for row in rows]


def _has(node: Node) -> ColumnElement[bool]:
    """Whether the current version of a lesson, or one of its claims, has it."""
    return or_(row_matches(VersionText, LessonVersion.id, node), LessonVersion.id.in_(claimed(node)))


@cached
def _keys_of_versions(signed_in: bool, by_ids: bool) -> Select[Any]:
    columns = [column for column in VersionText.__table__.columns if not column.primary_key]
    query: Any = (
        select(*columns)
        .join(LessonVersion, LessonVersion.id == VersionText.version_id)
        .join(Lesson, Lesson.current_id == LessonVersion.id)
        .where(sees(Lesson, reader_param(signed_in)))
    )
    if by_ids:
        query = query.where(in_list(LessonVersion.id, "versions"))
    return cast(Select[Any], query.order_by(LessonVersion.id.desc()).limit(MOST_TEXTS))


@cached
def _keys_of_claims(signed_in: bool, by_ids: bool) -> Select[Any]:
    query: Any = (
        select(ClaimText.terms, ClaimText.parts)
        .join(Claim, Claim.id == ClaimText.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .outerjoin(VersionText, VersionText.version_id == LessonVersion.id)
        .join(Lesson, Lesson.current_id == LessonVersion.id)
        .where(sees(Lesson, reader_param(signed_in)))
    )
    if by_ids:
        query = query.where(in_list(LessonVersion.id, "versions"))
    return cast(Select[Any], query.order_by(Claim.id.desc()).limit(MOST_TEXTS))


@cached
def _narrow(shape: Shape) -> Select[Any]:
    reader = reader_param(shape.signed_in)
    changed, number = origin.LATEST
    query: Any = (
        library.cards(shape.signed_in, shape.narrowed)
        .with_only_columns(
            LessonVersion.id.label("version_id"),
            *origin_filters.columns_known(reader),
            Lesson.confirmed_at,
            code(LessonVersion.outcome),
            code(LessonVersion.axis),
            codes(LessonVersion.needs),
            codes(origin.CITIES),
            VersionText.title_terms,
            VersionText.title_parts,
            VersionText.sentence_terms,
            VersionText.sentence_parts,
        )
        .outerjoin(VersionText, VersionText.version_id == LessonVersion.id)
        .order_by(changed.desc(), number.desc())
        .limit(MOST + 1)
    )
    if shape.in_space:
        query = query.where(origin_filters.from_space(reader))
    if shape.is_before:
        query = query.where(origin_filters.published_before(reader))
    if shape.is_signed:
        query = query.where(in_list(Lesson.id, "signed"))
    if shape.by_ids:
        query = query.where(in_list(LessonVersion.id, "versions"))
    return cast(Select[Any], query)


def _hit(row: Any, search: Search, missing: int, known: origin_filters.Known) -> LessonHit:
    wanted = search.wanted
    place, terms, parts = TITLE, row.title_terms, row.title_parts
    there = len(standing(wanted, terms, parts))
    if not there:
        place, terms, parts = SENTENCE, row.sentence_terms, row.sentence_parts
        there = len(standing(wanted, terms, parts))
    if not there:
        place, parts, there = BODY, None, len(wanted)
    state = 2 if known.is_due(row) else 0 if row.confirmed_at is not None else 1
    return LessonHit(
        row.version_id,
        row.outcome,
        row.axis,
        read_codes(row.needs),
        read_codes(row.cities),
        state,
        known.is_own(row),
        place,
        bool(parts) and len(standing(wanted, terms, None)) < there,
        len(wanted) - there,
        missing,
    )
