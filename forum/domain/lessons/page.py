"""The page of a lesson: its claims with the words they rest on, as far as threads and consent allow this reader.

Readers who may not see a thread get the words as their author agreed, and nothing that leads back to the thread.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from forum.domain.lessons import adoptions, consent_checks, page_queries
from forum.domain.lessons.adoptions import PostLink
from forum.domain.lessons.views import ClaimView, ExcerptView, LessonPage, SourceLink, VersionLine
from forum.domain.people.bylines import Byline, byline, masked, speaker
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Agreed, Quoted
from forum.infra import days
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.infra.statements import select_rows
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.spaces import Role
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_values


def page(reader: Actor | None, public_id: str, number: str | None = None) -> LessonPage:
    """Return a published lesson, its current version or the one with that number; NotFound where there is none."""
    query = page_queries.published(reader is not None, number is not None)
    values = {**reader_values(reader), "public_id": public_id, "number": number}
    row = db.session.execute(query, values).one_or_none()
    if row is None:
        raise NotFound
    return _composed(reader, *row, as_outsider=False)


def preview(reader: Actor, lesson_id: int) -> LessonPage:
    """Return the version that is being made, exactly as a reader outside its threads would get it; or NotFound."""
    values = {**reader_values(reader), "lesson_id": lesson_id}
    row = db.session.execute(page_queries.working(), values).one_or_none()
    if row is None:
        raise NotFound
    return _composed(reader, *row, as_outsider=True)


def history(reader: Actor | None, lesson: Lesson) -> list[VersionLine]:
    """Return the published versions that the reader may see, the newest first."""
    values = {**reader_values(reader), "lesson_id": lesson.id}
    return [VersionLine(*row) for row in select_rows(page_queries.history(reader is not None), values)]


def excerpt_view(quoted: Quoted, seen: Collection[int], given: Consent | None) -> ExcerptView:
    """Return an excerpt for a reader who may see the threads in `seen`, by its right.

    `given` is the consent that a draft would get at its seal; a sealed version has its own.
    """
    stance, reads_thread = quoted.excerpt.stance.value, quoted.thread.id in seen
    if quoted.removed is not None:
        return ExcerptView(stance, withheld=quoted.withheld)
    if quoted.withheld:
        # What became of a post is told to those who could read it; for all others its thread is closed, as before.
        told = reads_thread or quoted.in_right
        return ExcerptView(stance, withheld=quoted.withheld if told else "closed")
    if reads_thread or quoted.in_right:
        return ExcerptView(
            stance,
            words=quoted.excerpt.words,
            author=byline(quoted.speaker, quoted.handle, quoted.capacity, said_at=quoted.post.created_at),
            said_at=quoted.post.created_at,
            post=PostLink(quoted.thread.id, quoted.thread.slug, quoted.post.number) if reads_thread else None,
            edited=quoted.edited and reads_thread,
        )
    consent = quoted.consent if quoted.excerpt.right_audience is not None else given
    if consent is None or not consent.agreed:
        return ExcerptView(stance, withheld="closed")
    return ExcerptView(
        stance, words=consent.words, author=_agreed_name(quoted, consent), adapted=consent.adapted
    )


def _composed(
    reader: Actor | None, lesson: Lesson, version: LessonVersion, tag_words: str | None, *, as_outsider: bool
) -> LessonPage:
    values = {**reader_values(reader), "lesson_id": lesson.id}
    threads = select_rows(page_queries.sources(reader is not None), values).all()
    shown = [
        thread
        for thread in threads
        if thread.seen and not (as_outsider and consent_checks.needed(thread, lesson, lesson.audience))
    ]
    complete = len(shown) == len(threads)
    curator, reviewers, publisher = _people(lesson, version, complete)
    return LessonPage(
        lesson=lesson,
        version=version,
        claims=_claims(
            reader,
            lesson,
            version,
            {thread.id for thread in shown},
            complete=complete,
            as_outsider=as_outsider,
        ),
        sources=[SourceLink(thread.id, thread.slug, thread.title) for thread in shown],
        curator=curator,
        readers=reviewers,
        published_by=publisher,
        history=history(reader, lesson),
        adoptions=adoptions.of_lesson(reader, lesson),
        tags=sorted(tag_words.split("\n"), key=sort_key) if tag_words else [],
        overdue=lesson.review_on is not None and lesson.review_on < days.today(),
        may_revise=_may_revise(reader, lesson),
    )


def _claims(
    reader: Actor | None,
    lesson: Lesson,
    version: LessonVersion,
    seen: Collection[int],
    *,
    complete: bool,
    as_outsider: bool,
) -> list[ClaimView]:
    # A sealed version has its consents; those of a draft are asked only where a thread is closed to the reader.
    agreed = consent_checks.Given() if complete else consent_checks.given(lesson.id, lesson.audience)
    return [
        ClaimView(
            claim.position,
            claim.text,
            [
                excerpt_view(
                    _outside(quoted, lesson) if as_outsider else quoted,
                    seen,
                    agreed.get(consent_checks.key(quoted)),
                )
                for quoted in claim.quotes
            ],
        )
        for claim in excerpts.for_reader(reader, version.id)
    ]


def _outside(quoted: Quoted, lesson: Lesson) -> Quoted:
    """The excerpt as a reader gets it who belongs to none of the spaces it came from."""
    if consent_checks.needed(quoted.right, lesson, lesson.audience):
        return replace(quoted, in_right=False)
    return quoted


def _agreed_name(quoted: Quoted, consent: Consent | Agreed) -> Byline:
    """The speaker as they agreed to be named outside the thread."""
    if consent.masking == Masking.NAME and consent.city_shown:
        return byline(quoted.speaker, "", quoted.capacity, said_at=quoted.post.created_at)
    return masked(consent.shown_as)


def _people(lesson: Lesson, version: LessonVersion, complete: bool) -> tuple[Byline, list[str], str]:
    """The curator, the names of who checked the version, and of who published the lesson last.

    Where a thread is closed to the reader the curator stands without the organisation that would lead to it.
    """
    values: dict[str, Any] = {
        "version_id": version.id,
        "curator_id": lesson.curator_id,
        "publisher_id": lesson.published_by_id,
        "then": days.day_of(lesson.created_at),
    }
    by_id = {row.id: row for row in select_rows(page_queries.people(), values)}
    curator = by_id[lesson.curator_id]
    publisher = by_id.get(lesson.published_by_id or 0)
    return (
        speaker(curator) if complete else Byline(curator.author_name, curator.author_handle),
        [row.author_name for row in by_id.values() if row.checked],
        publisher.author_name if publisher is not None else "",
    )


def _may_revise(reader: Actor | None, lesson: Lesson) -> bool:
    moderator = reader is not None and reader.roles.get(lesson.space_id) == Role.MODERATOR
    return moderator and lesson.state == LessonState.PUBLISHED
