"""Lessons that may answer a question: all that fit, with where in them it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, or_, select

from forum.domain.lessons import library, origin, origin_filters
from forum.domain.search.choice import Choice
from forum.domain.search.sought import Search, Sought
from forum.infra import days
from forum.infra.columns import codes, read_codes
from forum.infra.in_lists import in_list
from forum.infra.search_index import Node, matches
from forum.infra.statements import cached, select_rows
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion
from forum.models.search import ClaimText, VersionText
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

MOST = 1_000  # lessons are candidates: where there are more, the latest changed
MOST_TEXTS = 100  # are read for a word that may have been meant
TITLE, SENTENCE, BODY = range(3)  # where a match stands, the best place first


@dataclass(frozen=True, slots=True)
class LessonHit:
    """A lesson that was found. `lacking`: how many of the words stand elsewhere in it, or (`missing`) nowhere."""

    row: Any
    needs: tuple[str, ...]
    cities: tuple[str, ...]
    place: int
    lacking: int
    missing: int

    @property
    def state(self) -> int:
        """Confirmed by others, published, or due for another look: the order of lessons that fit alike."""
        overdue = library.is_overdue(self.row, days.today())
        return 2 if overdue else 0 if self.row.confirmed_at is not None else 1


def found(
    reader: Actor | None, search: Search, choice: Choice, space_id: int | None, *, some: bool
) -> tuple[list[LessonHit], bool]:
    """Return the lessons that have all that is looked for (`some`: some of it), and whether there are more.

    One query, and two at most where `by` is asked.
    """
    query = _cards(reader is not None, bool(choice.space), bool(choice.before))
    values = reader_values(reader)
    if choice.moment is not None:
        values |= origin_filters.values_before(choice.moment)
    if choice.space:
        values["space_id"] = space_id
    if choice.by:
        query = query.where(in_list(Lesson.id, "signed"))
        values["signed"] = origin_filters.signed_by(reader, choice.name_words)
    query = query.where(*_conditions(search, some=some))
    if some:
        each = [_has(sought.node).label(f"has_{number}") for number, sought in enumerate(search.wanted)]
        query = query.add_columns(*each)
    rows = select_rows(query.limit(MOST + 1), values).all()
    return [_hit(row, search, some=some) for row in rows[:MOST]], len(rows) > MOST


def texts_with(reader: Actor | None, node: Node) -> list[str]:
    """Return the keys of lessons and claims that the reader may read and that have something of it (two queries)."""
    versions = _keys_of_versions(reader is not None).where(LessonVersion.id.in_(matches(VersionText, node)))
    claims = _keys_of_claims(reader is not None).where(Claim.id.in_(matches(ClaimText, node)))
    return [
        " ".join(row)
        for query in (versions, claims)
        for row in select_rows(query.limit(MOST_TEXTS), reader_values(reader))
    ]


def _conditions(search: Search, *, some: bool) -> list[ColumnElement[bool]]:
    each = [_has(sought.node) for sought in search.wanted]
    conditions = [or_(*each)] if some and each else each
    if search.excluded:
        conditions.append(~_has(search.none_of))
    return conditions


def _has(node: Node) -> ColumnElement[bool]:
    """Whether the current version of a lesson, or one of its claims, has it."""
    claims = select(Claim.version_id).where(Claim.id.in_(matches(ClaimText, node)))
    return or_(LessonVersion.id.in_(matches(VersionText, node)), LessonVersion.id.in_(claims))


@cached
def _keys_of_versions(signed_in: bool) -> Select[Any]:
    columns = [column for column in VersionText.__table__.columns if not column.primary_key]
    query: Any = (
        select(*columns)
        .join(LessonVersion, LessonVersion.id == VersionText.version_id)
        .join(Lesson, Lesson.current_id == LessonVersion.id)
        .where(sees(Lesson, reader_param(signed_in)))
    )
    return cast(Select[Any], query.order_by(LessonVersion.id.desc()))


@cached
def _keys_of_claims(signed_in: bool) -> Select[Any]:
    query: Any = (
        select(ClaimText.terms, ClaimText.parts)
        .join(Claim, Claim.id == ClaimText.claim_id)
        .join(Lesson, Lesson.current_id == Claim.version_id)
        .where(sees(Lesson, reader_param(signed_in)))
    )
    return cast(Select[Any], query.order_by(Claim.id.desc()))


@cached
def _cards(signed_in: bool, in_space: bool, is_before: bool) -> Select[Any]:
    reader = reader_param(signed_in)
    changed, number = origin.LATEST
    query: Any = (
        library.cards(signed_in)
        .add_columns(
            codes(LessonVersion.needs),
            LessonVersion.id.label("version_id"),
            origin_filters.of_own_space(reader).label("is_own"),
            VersionText.title_terms,
            VersionText.title_parts,
            VersionText.sentence_terms,
            VersionText.sentence_parts,
        )
        .outerjoin(VersionText, VersionText.version_id == LessonVersion.id)
        .order_by(changed.desc(), number.desc())
    )
    if in_space:
        query = query.where(origin_filters.from_space(reader))
    if is_before:
        query = query.where(origin_filters.published_before(reader))
    return cast(Select[Any], query)


def _hit(row: Any, search: Search, *, some: bool) -> LessonHit:
    wanted = search.wanted
    title = _number_in(wanted, row.title_terms, row.title_parts)
    sentence = _number_in(wanted, row.sentence_terms, row.sentence_parts)
    place = TITLE if title else SENTENCE if sentence else BODY
    there = (title, sentence, len(wanted))[place]
    missing = [number for number in range(len(wanted)) if some and not getattr(row, f"has_{number}")]
    cities, needs = read_codes(row.cities), read_codes(row.needs)
    return LessonHit(row, needs, cities, place, len(wanted) - there, len(missing))


def _number_in(wanted: Sequence[Sought], terms: str | None, parts: str | None) -> int:
    """How many of the words stand in a text with these keys."""
    own, of_parts = (terms or "").split(), (parts or "").split()
    return sum(sought.is_in(own, of_parts) for sought in wanted)
