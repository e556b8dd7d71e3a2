"""Lessons and threads whose titles hold some words, as they are typed: for when the index of search is lost.

Every title that the reader may see is compared: slow, and better than nothing until the index is made anew.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, not_, or_

from forum.domain.lessons import origin
from forum.domain.lessons.listed import listed
from forum.domain.search import language
from forum.domain.search.language import Question
from forum.domain.threads.list_queries import KEYS
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.visibility import visible

MOST, MOST_WORDS = 20, 8


class Titles(NamedTuple):
    """Rows of lessons with `public_id` and `title`, and of threads with `id`, `slug` and `title`, the latest first."""

    lessons: Sequence[Any] = ()
    threads: Sequence[Any] = ()


def found(reader: Actor | None, typed: str) -> Titles:
    """Return what of each kind has all of the words in its title (two queries); nothing for filters alone.

    Invalid at `q` for what cannot be looked for.
    """
    question = language.read(typed)
    if not question.wanted:
        return Titles()
    changed, number = origin.LATEST
    lessons = visible(Lesson, reader, Lesson.public_id, LessonVersion.title)
    lessons = lessons.join(LessonVersion, LessonVersion.id == Lesson.current_id)
    lessons = lessons.where(listed(), _has(LessonVersion.title, question)).order_by(
        changed.desc(), number.desc()
    )
    moment, thread_id = KEYS
    threads = visible(Thread, reader, Thread.id, Thread.slug, Thread.title)
    threads = threads.where(Thread.hidden_at.is_(None), Thread.withdrawn_at.is_(None), Thread.title != "")
    threads = threads.where(_has(Thread.title, question)).order_by(moment.desc(), thread_id.desc())
    rows = (db.session.execute(query.limit(MOST)).all() for query in (lessons, threads))
    return Titles(*rows)


def _has(title: Any, question: Question) -> ColumnElement[bool]:
    wanted = [_holds(title, term.text) for term in question.wanted[:MOST_WORDS]]
    unwanted = [not_(_holds(title, term.text)) for term in question.excluded[:MOST_WORDS]]
    return and_(*wanted, *unwanted)


def _holds(title: Any, words: str) -> ColumnElement[bool]:
    # SQLite knows capitals of A to Z alone.
    spelt = dict.fromkeys((words, words.lower(), words.upper(), words.capitalize()))
    return or_(*(title.icontains(each, autoescape=True) for each in spelt))
