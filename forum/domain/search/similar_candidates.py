"""Lessons and threads that may resemble something: few of each kind, the latest, however large the network is.

Each way to resemble it (one word, two words, a tag, what lessons quote) has a number of places of its own, so that a
word that stands everywhere takes none from one that is rare. Who may read what is asked before places are given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, cast

from sqlalchemy import Integer, Select, bindparam, func, literal, not_, select, union_all

from forum.domain.lessons import origin
from forum.domain.lessons.listed import listed
from forum.domain.search.sought import Sought
from forum.domain.threads.list_queries import KEYS
from forum.infra.columns import code, codes
from forum.infra.in_lists import in_list, in_rows
from forum.infra.search_index import matches
from forum.infra.search_questions import AllOf, AnyOf, Node
from forum.infra.statements import cached, planned_each_time, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.search import TitleText, VersionText
from forum.models.spaces import Space, SpaceKind
from forum.models.themes import Axis, LessonTag, ThreadTag
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

PLACES = 30  # of threads, for each way to resemble it
MOST_LESSONS = 400  # that have one of the words anywhere, or a tag: there are fewer of them than of threads
BY_WORD = 5  # words that have places of their own: the longest
IN_PAIRS = 6  # words of which any two have places together: the first
CITED, BESIDE = "cited", "beside"  # it quotes the other, or a lesson quotes both
_OWN = bindparam("own", type_=Integer)
# Ids for who is signed in, or for a visitor.
Ids = Callable[[bool], Select[tuple[int]]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What something is resembled by. `cited` and `beside` give the ids of what lessons bring together with `about`."""

    words: Sequence[Sought] = ()
    tag_ids: Sequence[int] = ()
    about: int = 0  # the id of a thread or lesson
    own: int = 0  # the same, where rows of its own kind are looked for
    by_text: bool = True  # by words and tags as well
    known_origin: bool = False  # lessons whose origin the reader knows, unless they are `cited` or `beside`
    cited: Ids | None = None
    beside: Ids | None = None


@dataclass(slots=True)
class Candidate:
    """A row that may resemble it, and how: `ways` of citation, if any."""

    row: Any
    ways: set[str] = field(default_factory=set)


def threads(reader: Actor | None, likeness: Likeness) -> list[Candidate]:
    """Return threads of which the title, a tag or a lesson has something in common with it (one query)."""
    base = _threads(reader is not None)
    branches = [
        base.where(Thread.id.in_(matches(TitleText, node)))
        for node in _nodes(likeness.words)
        if likeness.by_text
    ]
    if likeness.tag_ids and likeness.by_text:
        tagged = select(ThreadTag.thread_id).where(in_list(ThreadTag.tag_id, "tag_ids"))
        branches.append(base.where(Thread.id.in_(tagged)))
    return _rows(reader, likeness, Thread.id, base, branches, KEYS, PLACES)


def lessons(reader: Actor | None, likeness: Likeness) -> list[Candidate]:
    """Return lessons that have something in common with it: a word, a tag or what they quote (one query)."""
    base = _lessons(reader is not None, known_origin=False)
    by_text = _lessons(reader is not None, known_origin=likeness.known_origin)
    branches = []
    if likeness.words and likeness.by_text:
        any_of = AnyOf(tuple(word.node for word in likeness.words))
        branches.append(by_text.where(LessonVersion.id.in_(matches(VersionText, any_of))))
    if likeness.tag_ids and likeness.by_text:
        tagged = select(LessonTag.version_id).where(in_list(LessonTag.tag_id, "tag_ids"))
        branches.append(by_text.where(LessonVersion.id.in_(tagged)))
    return _rows(reader, likeness, Lesson.id, base, branches, origin.LATEST, MOST_LESSONS)


def in_group(reader: Actor | None, thread_id: int, space_id: int, axis: str, limit: int) -> Sequence[Any]:
    """Return rows of the latest threads on the same theme in the space of a thread, if that is a group (one query).

    A group is about one subject. Of a city it says little that something else has the same theme.
    """
    values = {"own": thread_id, "tag_ids": [], "space_id": space_id, "axis": Axis(axis)}
    return select_rows(_in_group(reader is not None, limit), {**reader_values(reader), **values}).all()


def _rows(
    reader: Actor | None,
    likeness: Likeness,
    id_: Any,
    base: Any,
    branches: list[Any],
    keys: Sequence[Any],
    places: int,
) -> list[Candidate]:
    """The rows of each branch, its latest; each row once."""
    ways = [""] * len(branches)
    for way, ids in ((CITED, likeness.cited), (BESIDE, likeness.beside)):
        if ids is not None:
            ways.append(way)
            branches.append(base.where(in_rows(id_, ids(reader is not None))))
    if not branches:
        return []
    latest = [key.desc() for key in keys]
    each = [
        branch.add_columns(literal(way).label("way")).order_by(*latest).limit(places).subquery()
        for way, branch in zip(ways, branches, strict=True)
    ]
    values = {**reader_values(reader), "own": likeness.own, "tag_ids": list(likeness.tag_ids)}
    if likeness.about:
        values["about"] = likeness.about
    found: dict[int, Candidate] = {}
    with planned_each_time():
        rows = select_rows(union_all(*(select(one) for one in each)), values).all()
    for row in rows:
        found.setdefault(row.id, Candidate(row)).ways.update(filter(None, [row.way]))
    return list(found.values())


def _nodes(words: Sequence[Sought]) -> list[Node]:
    """What the index is asked, one after the other: each of the longest words, and any two of the first ones."""
    nodes = [word.node for word in _longest(words)]
    if len(words) > 1:
        pairs = combinations(words[:IN_PAIRS], 2)
        nodes.append(AnyOf(tuple(AllOf((one.node, other.node)) for one, other in pairs)))
    return nodes


def _longest(words: Sequence[Sought]) -> list[Sought]:
    return sorted(words, key=lambda word: -len(word.text))[:BY_WORD]


@cached
def _threads(signed_in: bool) -> Select[Any]:
    shared = (
        select(func.count())
        .select_from(ThreadTag)
        .where(ThreadTag.thread_id == Thread.id, in_list(ThreadTag.tag_id, "tag_ids"))
    )
    query: Any = (
        select(
            Thread.id,
            Thread.slug,
            Thread.title,
            code(Thread.axis),
            Thread.post_count,
            Thread.last_post_at.label("moment"),
            Space.name.label("space_name"),
            TitleText.terms.label("title_terms"),
            TitleText.parts.label("title_parts"),
            shared.correlate(Thread).scalar_subquery().label("shared_tags"),
        )
        .join(Space, Space.id == Thread.space_id)
        .outerjoin(TitleText, TitleText.thread_id == Thread.id)
        .where(
            sees(Thread, reader_param(signed_in)),
            Thread.id != _OWN,
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            Thread.title != "",
        )
    )
    return cast(Select[Any], query)


@cached
def _in_group(signed_in: bool, limit: int) -> Select[Any]:
    query = _threads(signed_in).where(
        Space.kind == SpaceKind.GROUP,
        Thread.space_id == bindparam("space_id", type_=Integer),
        Thread.axis == bindparam("axis", type_=Thread.axis.type),
    )
    return query.order_by(*(key.desc() for key in KEYS)).limit(limit)


@cached
def _lessons(signed_in: bool, known_origin: bool) -> Select[Any]:
    reader = reader_param(signed_in)
    shared = (
        select(func.count())
        .select_from(LessonTag)
        .where(LessonTag.version_id == LessonVersion.id, in_list(LessonTag.tag_id, "tag_ids"))
    )
    moment, _number = origin.LATEST
    query: Any = (
        select(
            Lesson.id,
            Lesson.public_id,
            LessonVersion.title,
            code(LessonVersion.axis),
            code(LessonVersion.outcome),
            codes(origin.CITIES),
            moment.label("moment"),
            VersionText.title_terms,
            VersionText.title_parts,
            VersionText.sentence_terms,
            VersionText.sentence_parts,
            shared.correlate(LessonVersion).scalar_subquery().label("shared_tags"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .outerjoin(VersionText, VersionText.version_id == LessonVersion.id)
        .where(listed(), sees(Lesson, reader), Lesson.id != _OWN)
    )
    if known_origin:
        query = query.where(not_(origin.is_hidden(reader)))
    return cast(Select[Any], query)
