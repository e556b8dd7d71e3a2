"""Titles of lessons and threads that have what is being typed: of those that a reader may see, the newest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, or_, select

from forum.domain.indexing.keys import Keys
from forum.domain.lessons import origin
from forum.domain.lessons.listed import listed
from forum.domain.search.half_words import SHORTEST, HalfWord, half_word
from forum.domain.search.language import Question
from forum.domain.search.sought import Search, search_for
from forum.domain.threads.list_queries import KEYS
from forum.infra.search_index import matches
from forum.infra.search_keys.common_words import LITTLE
from forum.infra.search_keys.words import words
from forum.infra.search_questions import AllOf, Beginning, Key, Node
from forum.infra.statements import cached, planned_each_time, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.search import TitleText, VersionText
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

LOOKED_AT = 50  # of those that may fit


@dataclass(frozen=True, slots=True)
class Asked:
    """What titles are asked for: whole words, and the one that is being typed."""

    whole: Search
    half: HalfWord | None

    @property
    def node(self) -> Node:
        """What the index is asked."""
        return AllOf(
            (*(sought.node for sought in self.whole.wanted), *([self.half.node] if self.half else []))
        )

    def fitting(self, rows: Sequence[Any], most: int) -> list[Any]:
        """Return the first rows whose title has all of it, those first of which a word begins as it is typed."""
        fits = [row for row in rows if self._is_in(row)]
        first = [row for row in fits if self.half is None or self.half.begins(row.title)]
        return [*first, *(row for row in fits if row not in first)][:most]

    def _is_in(self, row: Any) -> bool:
        is_whole = all(sought.is_in(row.terms, row.parts) for sought in self.whole.wanted)
        keys = {*row.terms.split(), *row.parts.split()}
        return is_whole and (self.half is None or self.half.is_in(row.title, keys))


def asked(question: Question) -> Asked | None:
    """Return what a question asks of titles; None where too little is typed (one query, or two)."""
    forms = [word.form for term in question.wanted for word in words(term.text)]
    if not forms:
        return None
    keys, last = Keys(), forms[-1]
    # The last one may be the beginning of another word.
    whole = search_for(Question.of_words(form for form in forms[:-1] if form not in LITTLE), keys)
    half = half_word(last, keys) if len(last) >= SHORTEST else None
    return Asked(whole, half) if whole.wanted or half else None


def lessons(reader: Actor | None, wanted: Asked, most: int) -> list[Any]:
    """Return rows with `public_id` and `title` of lessons (one query)."""
    query = _lessons(reader is not None).where(LessonVersion.id.in_(matches(VersionText, wanted.node)))
    if wanted.half is not None:
        # The index says only that it stands somewhere in the lesson.
        query = query.where(_has(wanted.half.node, VersionText.title_terms, VersionText.title_parts))
    return wanted.fitting(_rows(query, reader), most)


def threads(reader: Actor | None, wanted: Asked, most: int) -> list[Any]:
    """Return rows with `id`, `slug` and `title` of threads (one query)."""
    query = _threads(reader is not None).where(Thread.id.in_(matches(TitleText, wanted.node)))
    return wanted.fitting(_rows(query, reader), most)


def _rows(query: Select[Any], reader: Actor | None) -> Sequence[Any]:
    with planned_each_time():
        return select_rows(query, reader_values(reader)).all()


def _has(node: Any, *columns: Any) -> ColumnElement[bool]:
    """Whether something of a node of words stands in these columns of keys."""
    line: Any = " "
    for column in columns:
        line = line + column + " "
    letters: dict[type, Callable[[Any], str]] = {
        Beginning: lambda each: f" {each.letters}",
        Key: lambda each: f" {each.key} ",
    }
    return or_(*(line.contains(letters[type(each)](each)) for each in node.nodes))


@cached
def _lessons(signed_in: bool) -> Select[Any]:
    changed, number = origin.LATEST
    query: Any = (
        select(
            Lesson.public_id,
            LessonVersion.title,
            VersionText.title_terms.label("terms"),
            VersionText.title_parts.label("parts"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .join(VersionText, VersionText.version_id == LessonVersion.id)
        .where(listed(), sees(Lesson, reader_param(signed_in)))
    )
    return cast(Select[Any], query.order_by(changed.desc(), number.desc()).limit(LOOKED_AT))


@cached
def _threads(signed_in: bool) -> Select[Any]:
    moment, number = KEYS
    query: Any = (
        select(Thread.id, Thread.slug, Thread.title, TitleText.terms, TitleText.parts)
        .join(TitleText, TitleText.thread_id == Thread.id)
        .where(
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            Thread.title != "",
            sees(Thread, reader_param(signed_in)),
        )
    )
    return cast(Select[Any], query.order_by(moment.desc(), number.desc()).limit(LOOKED_AT))
