"""The lessons of the demo: every version at its date, on excerpts of posts that were there by then."""

import json
from datetime import datetime, timedelta
from typing import Any

from forum.demo import codes, consents
from forum.demo.book import FOLDER, Book
from forum.domain.lessons import claims, lessons
from forum.domain.lessons import reviews as lesson_reviews
from forum.infra import clock
from forum.models.lessons import Lesson, LessonVersion, Recognition, Verdict
from forum.models.reviewing import Question, Reply

FIELDS = (
    "title", "one_sentence", "summary", "context", "problem", "what_was_done", "result", "recommendation", "unknowns",
    "alternative_reading", "conditions", "not_for", "addressees", "assumptions", "open_questions", "licence", "axis",
)  # fmt: skip
GOOD = {question.value: Reply.YES.value for question in Question}
WRITING = timedelta(days=14)
CHECKING = timedelta(hours=4)


def bring(book: Book) -> None:
    """Load every lesson, and the note of the thread that stays a discussion, in the order of their public ids."""
    for source in [*book.source["lessons"], *_of_file("note_nl.json")]:
        lesson = _draft(book, source)
        book.lessons[source["id"]] = lesson.id
        if source["published"] is None:
            _leave_as_draft(book, source, lesson)
        else:
            for number, version in enumerate(source["versions"]):
                _publish(book, source, lesson, version, first=number == 0)
        book.counts["lessons"] += 1
    for source in _of_file("review_nl.json"):
        _send_for_review(book, source)
        book.counts["lessons"] += 1


def _of_file(name: str) -> list[dict[str, Any]]:
    lessons: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return lessons


def _send_for_review(book: Book, source: dict[str, Any]) -> None:
    """A lesson that was sent yesterday: whenever the demo is loaded, somebody of another city has one to check."""
    lesson = _draft(book, source)
    day = book.moment(source["versions"][-1]["date"])
    with clock.at(day):
        _write(book, source, lesson, source["versions"][-1], before=day)
    with clock.at(clock.now() - timedelta(days=1)):
        lessons.submit(
            book.actor(source["curator"]), lesson.id, audience=codes.AUDIENCES[source["visibility"]]
        )
    book.counts["lesson versions"] += 1


def _draft(book: Book, source: dict[str, Any]) -> Lesson:
    curator = book.actor(source["curator"])
    first, *others = (book.threads[name] for name in source["origin_threads"])
    with clock.at(_begun(book, source)):
        lesson = lessons.draft(curator, first, title=source["title"])
        for thread_id in others:
            lessons.add_source(curator, lesson.id, thread_id)
    return lesson


def _begun(book: Book, source: dict[str, Any]) -> datetime:
    """Two weeks before the first version, and before any author was asked for consent."""
    first_version = book.moment(source["versions"][0]["date"]) - WRITING
    consents_asked = [
        book.moment(consent["date"]) - timedelta(days=3) for consent in source.get("consents", ())
    ]
    return min([first_version, *consents_asked])


def _leave_as_draft(book: Book, source: dict[str, Any], lesson: Lesson) -> None:
    """It keeps the public id that the file gives it."""
    day = book.moment(source["versions"][-1]["date"])
    with clock.at(day):
        _write(book, source, lesson, source["versions"][-1], before=day)
    lesson.public_id = source["id"]
    consents.ask(book, source, lesson)
    book.counts["lesson versions"] += 1


def _publish(
    book: Book, source: dict[str, Any], lesson: Lesson, version: dict[str, Any], *, first: bool
) -> None:
    curator = book.actor(source["curator"])
    day = book.moment(version["date"])
    with clock.at(day - CHECKING):
        if not first:
            lessons.revise(curator, lesson.id)
        _write(book, source, lesson, version, before=day)
    consents.bring(book, source, lesson)
    with clock.at(day - CHECKING):
        lessons.submit(curator, lesson.id, audience=codes.AUDIENCES[source["visibility"]])
        _checked(book, source, lesson)
    lesson.public_id = lesson.public_id or source["id"]
    with clock.at(day):
        publisher = book.actor(source["published_by"])
        lessons.publish(publisher, lesson.id, review_on=book.day(source["review_by"]), answers=GOOD)
    book.counts["lesson versions"] += 1


def _checked(book: Book, source: dict[str, Any], lesson: Lesson) -> None:
    """Those who read it for the file; whoever is quoted in it or comes from where it comes from approves nothing."""
    version = lessons.working(lesson)
    readers = [book.actor(name) for name in source["reviewers"]]
    reviewing = lesson_reviews.Reviewing([(lesson, version)], [reader.id for reader in readers])
    for reader in readers:
        facts = reviewing.facts(version.id, reader.id)
        if facts.elsewhere and not facts.made and not facts.cited:
            answer = Recognition.NOBODY if version.masked else Recognition.NOT_ASKED
            lesson_reviews.record(reader, lesson, version, Verdict.APPROVED, recognition=answer)


def _write(
    book: Book, source: dict[str, Any], lesson: Lesson, version: dict[str, Any], *, before: datetime
) -> None:
    curator = book.actor(source["curator"])
    draft: LessonVersion = lessons.working(lesson)
    # An earlier version in the file holds only the fields that differ from the last one.
    fields: dict[str, Any] = {
        name: version.get(name, source.get(name)) for name in FIELDS if name in version or name in source
    }
    lessons.save(
        curator,
        lesson.id,
        saved_count=draft.saved_count,
        outcome=codes.LESSON_OUTCOMES[source["kind"]],
        needs=[codes.NEEDS[name] for name in source["needs"]],
        confidence=codes.CONFIDENCES[source["confidence"]],
        change_note=version["change"],
        **fields,
    )
    for claim in source["claims"]:
        _claim(book, lesson, curator, claim, before)


def _claim(book: Book, lesson: Lesson, curator: Any, claim: dict[str, Any], before: datetime) -> None:
    """A claim on the posts that were there by then; one without any waits for a later version."""
    posted = [piece for piece in claim["evidence"] if book.said_at(piece["post"]) < before]
    if not posted:
        return
    row = claims.add(curator, lesson.id, text=claim["text"])
    for piece in posted:
        claims.quote(
            curator,
            row.id,
            post_id=book.posts[piece["post"]],
            words=piece["excerpt"],
            stance=codes.STANCES[piece["stance"]],
        )
