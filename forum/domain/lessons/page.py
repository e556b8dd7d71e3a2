"""The page of a lesson: its claims with the words they rest on, as far as threads and consent allow this reader.

Readers who may not see a thread get the words as their author agreed, and nothing that leads back to the thread.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from forum.domain.lessons import (
    consent_checks,
    dispute_list,
    origin,
    origin_filters,
    page_queries,
    report_list,
    weakened,
)
from forum.domain.lessons.report_list import PostLink
from forum.domain.lessons.views import ClaimView, ExcerptView, LessonPage, SourceLink
from forum.domain.people.bylines import Byline, byline, masked
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Agreed, Quoted, QuotedClaim
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.infra.statements import select_rows
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.spaces import Audience
from forum.policy.actions import Answer, may_moderate
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_values
from forum.policy.taking_over import TakerFacts, may_take_lesson


def page(reader: Actor | None, public_id: str, number: str | None = None) -> LessonPage:
    """Return a published lesson, its current version or the one with that number; NotFound where there is none."""
    query = page_queries.published(reader is not None, number is not None)
    values = {**reader_values(reader), "public_id": public_id, "number": number}
    row = db.session.execute(query, values).one_or_none()
    if row is None:
        raise NotFound
    lesson, version, tag_words, hidden, has_notices, has_orphans, has_evidence, shared, approved = row
    shown = _composed(reader, lesson, version, tag_words, hidden)
    if has_evidence:
        shown = _with_evidence(reader, shown)
    if has_orphans:
        orphans = report_list.orphans(reader, lesson)
        shown = replace(shown, reports=replace(shown.reports, orphans=orphans))
    shared_by = tuple(sorted(set((shared or "").split())))
    may_revise = _may_revise(reader, lesson, approved=bool(approved))
    return replace(shown, has_notices=bool(has_notices), shared_by=shared_by, may_revise=may_revise)


def _with_evidence(reader: Actor | None, shown: LessonPage) -> LessonPage:
    """The page with the evidence against its claims that the reader knows of (two queries)."""
    origin_shown = shown.origin
    evidence = dispute_list.of_lesson(
        reader,
        shown.lesson,
        hidden=origin_shown.hidden,
        speakers=shown.speakers,
        curator=origin_shown.curator,
    )
    beside = dispute_list.by_root(evidence)
    claims = [replace(claim, counters=beside.pop(claim.root, ())) for claim in shown.claims]
    loose = tuple(one for several in beside.values() for one in several)
    return replace(shown, claims=claims, loose=loose, evidence=tuple(evidence))


class Titled(NamedTuple):
    """A published lesson with its title, and whether where it comes from is kept from its reader."""

    lesson: Lesson
    title: str
    hidden: bool
    cities: list[str]  # behind it, as everybody may know them


def title_of(reader: Actor | None, public_id: str) -> Titled:
    """Return a published lesson for a page about what belongs to it (one query); NotFound."""
    row = db.session.execute(
        page_queries.titled(reader is not None), {**reader_values(reader), "public_id": public_id}
    ).one_or_none()
    if row is None:
        raise NotFound
    return Titled(row[0], row.title, bool(row.hidden), [] if row.hidden else list(row.cities))


def preview(
    reader: Actor, lesson_id: int, audience: Audience | None = None, *, inside: bool = False
) -> LessonPage:
    """Return the version that is being made, exactly as a reader outside its threads would get it; or NotFound.

    `audience`: for whom it would be, where that is not said yet. `inside`: as the reader themselves gets it, by the
    threads that they may see, which is what those who are quoted there get.
    """
    values = {**reader_values(reader), "lesson_id": lesson_id}
    row = db.session.execute(page_queries.working(), values).one_or_none()
    if row is None:
        raise NotFound
    lesson, version, tag_words = row
    return _composed(reader, lesson, version, tag_words, False if inside else None, audience)


def excerpt_view(quoted: Quoted, seen: Collection[int], given: Consent | Agreed | None) -> ExcerptView:
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
    reader: Actor | None,
    lesson: Lesson,
    version: LessonVersion,
    tag_words: str | None,
    hidden: bool | None = None,
    audience: Audience | None = None,
) -> LessonPage:
    """The page; `hidden` says whether its origin is kept from the reader, None that it is drawn as for an outsider."""
    as_outsider, audience = hidden is None, audience or lesson.audience
    claims = origin.by_right(excerpts.for_reader(reader, version.id), lesson)
    if as_outsider:
        claims = _all_outside(claims, lesson, audience)
        hidden = origin.outside(lesson, version, audience)
    values = {**reader_values(reader), "lesson_id": lesson.id, "version_id": version.id}
    threads = select_rows(page_queries.sources(reader is not None), values).all()
    leads_in = {t.id for t in threads if as_outsider and consent_checks.needed(t, lesson, audience)}
    shown = [thread for thread in threads if thread.seen and thread.id not in leads_in]
    # A source that only another version is to have counts too: it may be one that no words came of, and was closed.
    complete = len(shown) == len(threads)
    if version.published_at is not None:
        shown = [thread for thread in shown if thread.stands]
    if hidden and not as_outsider:
        # A thread that was opened since would lead to who is masked.
        by_right = {quoted.thread.id for claim in claims for quoted in claim.quotes if quoted.in_right}
        shown = [thread for thread in shown if thread.id in by_right]
    # A sealed version has its consents; those of a draft are asked only where a thread is closed to the reader.
    given = consent_checks.Given() if complete else consent_checks.given(lesson.id, audience)
    claims, terms = origin.masked_together(claims, given, lesson.id)
    views = _claims(lesson, version, claims, {thread.id for thread in shown}, terms)
    return LessonPage(
        lesson=lesson,
        version=version,
        claims=views,
        speakers=_speakers(claims, views),
        sources=[SourceLink(thread.id, thread.slug, thread.title) for thread in shown],
        origin=origin.known(reader, lesson, version, hidden=bool(hidden), complete=complete),
        reports=report_list.of_lesson(reader, lesson, hidden=bool(hidden)),
        tags=_tags(tag_words),
        overdue=_is_overdue(lesson, hidden=bool(hidden)),
        quotes_reader=_quotes(reader, claims),
    )


def _claims(
    lesson: Lesson,
    version: LessonVersion,
    claims: list[QuotedClaim],
    seen: Collection[int],
    terms: origin.Terms,
) -> list[ClaimView]:
    return [
        ClaimView(
            claim.position,
            claim.text,
            [excerpt_view(quoted, seen, terms(consent_checks.key(quoted))) for quoted in claim.quotes],
            bare=version.published_at is not None and weakened.is_bare(claim, lesson),
            root=claim.root,
        )
        for claim in claims
    ]


def _speakers(claims: list[QuotedClaim], views: list[ClaimView]) -> dict[tuple[int, int], Byline]:
    """How each author stands under a claim for this reader; who stands masked anywhere in it does so everywhere."""
    found: dict[tuple[int, int], Byline] = {}
    for claim, view in zip(claims, views, strict=True):
        for quoted, excerpt in zip(claim.quotes, view.excerpts, strict=True):
            key, by = (claim.root, quoted.post.author_id), excerpt.author
            if by is not None and (key not in found or by.name != quoted.speaker):
                found[key] = by
    return found


def _all_outside(claims: list[QuotedClaim], lesson: Lesson, audience: Audience) -> list[QuotedClaim]:
    answered = consent_checks.Consents(lesson)
    return [
        replace(claim, quotes=[_outside(q, answered, audience) for q in claim.quotes]) for claim in claims
    ]


def _outside(quoted: Quoted, answered: consent_checks.Consents, audience: Audience) -> Quoted:
    """The excerpt as a reader gets it who belongs to none of the spaces it came from.

    One that has no right yet gets it at the seal: without need for a consent it stands by that, and masks nobody.
    """
    may_be = quoted.in_right or quoted.excerpt.right_audience is None
    return replace(quoted, in_right=may_be and not answered.rests_on(quoted, audience))


def _agreed_name(quoted: Quoted, consent: Consent | Agreed) -> Byline:
    """The speaker as they agreed to be named outside the thread."""
    if consent.masking == Masking.NAME and consent.city_shown:
        return byline(quoted.speaker, "", quoted.capacity, said_at=quoted.post.created_at)
    return masked(consent.shown_as)


def _tags(words: str | None) -> list[str]:
    return sorted(words.split("\n"), key=sort_key) if words else []


def _is_overdue(lesson: Lesson, *, hidden: bool) -> bool:
    return lesson.review_on is not None and lesson.review_on < origin_filters.due_before(hidden=hidden)


def _quotes(reader: Actor | None, claims: list[QuotedClaim]) -> bool:
    quotes = [quoted for claim in claims for quoted in claim.quotes if quoted.removed is None]
    return reader is not None and any(one.post.author_id == reader.id and one.excerpt.words for one in quotes)


def _may_revise(reader: Actor | None, lesson: Lesson, *, approved: bool) -> Answer | None:
    """Whether a moderator of its space may begin a new version; None for all others, and where there is one."""
    if reader is None or lesson.state != LessonState.PUBLISHED or not may_moderate(reader, lesson.space_id):
        return None
    return may_take_lesson(reader, lesson, TakerFacts(approved=approved))
