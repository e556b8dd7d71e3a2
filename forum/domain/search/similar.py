"""What resembles something: the few lessons and threads nearest to a title, to a thread or to a lesson.

The order is ours, of points: what lessons bring together first, then words of titles (the fewer of the candidates have
a word, the more it says), tags in common, the same axis. Candidates are rows that the reader may see, so that nothing
else has a part in it. A lesson whose origin is kept from the reader stands beside no thread, as one of its words might
be that of the very thread it comes from.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, cast

from sqlalchemy import Integer, Select, String, bindparam, func, select
from sqlalchemy import cast as sql_cast

from forum.domain.indexing.keys import Keys
from forum.domain.indexing.lost import unless_lost
from forum.domain.lessons import cited_together, origin
from forum.domain.search import similar_candidates
from forum.domain.search.language import Question, Term
from forum.domain.search.similar_candidates import BESIDE, CITED, Candidate, Likeness
from forum.domain.search.sought import Sought, search_for, standing
from forum.infra.columns import code, read_codes
from forum.infra.search_keys.common_words import COMMON
from forum.infra.search_keys.words import words
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.themes import LessonTag, ThreadTag
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

FEW = 3
MOST_WORDS = 10  # of a text
SHORTEST = 3  # letters of a word that says something
# Of how many candidates have a word, the most for each of its worths; what more of them have says least.
WORTHS = ((3, 4), (8, 3), (20, 2))
# Points that are enough: two rare words of a title, a long one, or one and the same axis; of few words one will do.
ENOUGH, ENOUGH_OF_FEW, FEW_WORDS = 10, 8, 2
OF_BESIDE, OF_TAG, OF_AXIS, OF_LENGTH = 10, 4, 2, 2
LONG = 8  # letters: mostly a compound, which says what a text is about by itself


@dataclass(frozen=True, slots=True)
class SimilarLesson:
    """A lesson in such a list, with the cities that its readers may know."""

    public_id: str
    title: str
    outcome: str
    cities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimilarThread:
    """A thread in such a list."""

    id: int
    slug: str
    title: str
    space_name: str
    replies: int


Similar = SimilarLesson | SimilarThread


@dataclass(frozen=True, slots=True)
class Related:
    """What is near a thread or a lesson, and what that is called; `slug` is that of a thread."""

    title: str
    similar: list[Similar]
    id: int
    slug: str = ""


def to_words(reader: Actor | None, text: str) -> list[Similar]:
    """Return what resembles a title that is typed (three queries); nothing while the index is lost."""
    return unless_lost(lambda: _to_words(reader, text), [])


def _to_words(reader: Actor | None, text: str) -> list[Similar]:
    likeness = Likeness(_words(text))
    if not likeness.words:
        return []
    lessons = similar_candidates.lessons(reader, likeness)
    return _nearest(likeness.words, "", lessons, similar_candidates.threads(reader, likeness))


def lessons_like(reader: Actor, title: str) -> list[Similar]:
    """Return lessons that resemble a thread by its title, of those whose origin the reader may know (two queries).

    None while the index is lost.
    """
    return unless_lost(lambda: _lessons_like(reader, title), [])


def _lessons_like(reader: Actor, title: str) -> list[Similar]:
    likeness = Likeness(_words(title), known_origin=True)
    return (
        _nearest(likeness.words, "", similar_candidates.lessons(reader, likeness), [])
        if likeness.words
        else []
    )


def to_thread(reader: Actor | None, thread_id: int) -> Related:
    """Return what is related to a thread that the reader may see (four queries, or five); NotFound.

    Not the lessons that were made from it: they stand on its page. Else the latest on its theme in its group.
    """
    row = _one(_thread(reader is not None), {**reader_values(reader), "thread_id": thread_id})
    found: list[Similar] = unless_lost(lambda: _near_thread(reader, thread_id, row), [])
    return Related(row.title, found, thread_id, row.slug)


def _near_thread(reader: Actor | None, thread_id: int, row: Any) -> list[Similar]:
    near = Likeness(_words(row.title), _ids(row.tag_ids), about=thread_id)
    threads = similar_candidates.threads(
        reader, replace(near, own=thread_id, beside=cited_together.threads_beside)
    )
    lessons = similar_candidates.lessons(
        reader, replace(near, known_origin=True, cited=cited_together.lessons_of)
    )
    others = [one for one in lessons if CITED not in one.ways]
    found = _nearest(near.words, row.axis, others, threads)
    if not found and row.axis:
        latest = similar_candidates.in_group(reader, thread_id, row.space_id, row.axis, FEW)
        found = [_shown(one, is_lesson=False) for one in latest]
    return found


def to_lesson(reader: Actor | None, public_id: str) -> Related:
    """Return what is related to a published lesson that the reader may see (four queries); NotFound.

    Not the threads that it was made from: they stand on its page.
    """
    row = _one(_lesson(reader is not None), {**reader_values(reader), "public_id": public_id})
    return Related(row.title, unless_lost(lambda: _near_lesson(reader, row), []), row.id)


def _near_lesson(reader: Actor | None, row: Any) -> list[Similar]:
    near = Likeness(_words(f"{row.title} {row.one_sentence}"), _ids(row.tag_ids), about=row.id)
    threads = similar_candidates.threads(
        reader, replace(near, by_text=not row.hidden, cited=cited_together.threads_of)
    )
    lessons = similar_candidates.lessons(
        reader, replace(near, own=row.id, beside=cited_together.lessons_beside)
    )
    others = [one for one in threads if CITED not in one.ways]
    found = _nearest(near.words, row.axis, lessons, others)
    # Beside who is masked stands no city at all, that none is taken for theirs.
    return [_without_cities(one) for one in found] if row.hidden else found


def _one(query: Select[Any], values: dict[str, Any]) -> Any:
    row = select_rows(query, values).one_or_none()
    if row is None:
        raise NotFound
    return row


def _without_cities(one: Similar) -> Similar:
    return replace(one, cities=()) if isinstance(one, SimilarLesson) else one


def _ids(joined: str | None) -> list[int]:
    return [int(one) for one in joined.split(",")] if joined else []


def _words(text: str) -> tuple[Sought, ...]:
    """The words of a text that say something, each once (one query, for the forms that follow no rule)."""
    forms = dict.fromkeys(word.form for word in words(text))
    told = [form for form in forms if len(form) >= SHORTEST and form not in COMMON and not form.isdigit()]
    if not told:
        return ()
    question = Question(tuple(Term(form, False) for form in told[:MOST_WORDS]))
    each = {sought.ways: sought for sought in search_for(question, Keys()).wanted}
    return tuple(each.values())


def _nearest(
    wanted: Sequence[Sought], axis: str | None, lessons: list[Candidate], threads: list[Candidate]
) -> list[Similar]:
    """The few that have the most points, of those that have enough; of equal ones lessons, then the latest."""
    titles = [standing(wanted, one.row.title_terms, one.row.title_parts) for one in lessons + threads]
    sentences = [standing(wanted, one.row.sentence_terms, one.row.sentence_parts) for one in lessons]
    sentences += [set() for _one in threads]
    counted = Counter(chain.from_iterable(map(set.union, titles, sentences)))
    worth = {number: _worth(count) for number, count in counted.items()}
    ranked = []
    for place, (one, title, sentence) in enumerate(zip(lessons + threads, titles, sentences, strict=True)):
        points = sum(worth[n] * 2 + OF_LENGTH * (len(wanted[n].text) >= LONG) for n in title)
        points += sum(worth[n] for n in sentence - title) + OF_TAG * one.row.shared_tags
        points += OF_BESIDE * (BESIDE in one.ways)
        points += OF_AXIS * (bool(axis) and one.row.axis == axis)
        if points >= (ENOUGH if len(wanted) > FEW_WORDS else ENOUGH_OF_FEW):
            ranked.append((points, place < len(lessons), one))
    ranked.sort(key=lambda each: (*each[:2], each[2].row.moment, each[2].row.id), reverse=True)
    return [_shown(one.row, is_lesson=is_lesson) for _points, is_lesson, one in ranked[:FEW]]


def _worth(number: int) -> int:
    """What a word says that so many candidates have."""
    return next((worth for most, worth in WORTHS if number <= most), 1)


def _shown(row: Any, *, is_lesson: bool) -> Similar:
    if is_lesson:
        return SimilarLesson(row.public_id, row.title, row.outcome, read_codes(row.cities))
    return SimilarThread(row.id, row.slug, row.title, row.space_name, row.post_count - 1)


@cached
def _thread(signed_in: bool) -> Select[Any]:
    tags = select(func.aggregate_strings(sql_cast(ThreadTag.tag_id, String), ","))
    tags = tags.where(ThreadTag.thread_id == Thread.id).correlate(Thread)
    query: Any = select(
        Thread.title, Thread.slug, Thread.space_id, code(Thread.axis), tags.scalar_subquery().label("tag_ids")
    ).where(Thread.id == bindparam("thread_id", type_=Integer), sees(Thread, reader_param(signed_in)))
    return cast(Select[Any], query)


@cached
def _lesson(signed_in: bool) -> Select[Any]:
    reader = reader_param(signed_in)
    tags = select(func.aggregate_strings(sql_cast(LessonTag.tag_id, String), ","))
    tags = tags.where(LessonTag.version_id == LessonVersion.id).correlate(LessonVersion)
    query: Any = (
        select(
            Lesson.id,
            LessonVersion.title,
            LessonVersion.one_sentence,
            code(LessonVersion.axis),
            tags.scalar_subquery().label("tag_ids"),
            origin.is_hidden(reader).label("hidden"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.public_id == bindparam("public_id", type_=String), sees(Lesson, reader))
    )
    return cast(Select[Any], query)
