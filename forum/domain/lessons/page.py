"""The page of a lesson: its claims with the words they rest on, as far as threads and consent allow this reader.

Readers who may not see a thread get the words as their author agreed, and nothing that leads back to the thread.
"""

from dataclasses import replace
from typing import NamedTuple

from forum.domain.lessons import (
    claim_views,
    consent_checks,
    dispute_list,
    origin,
    origin_filters,
    page_facts,
    page_queries,
    report_list,
)
from forum.domain.lessons.consent_answers import Answers
from forum.domain.lessons.views import LessonPage, SourceLink
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted, QuotedClaim
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
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
    lesson, version, tag_words, hidden, has_notices, has_evidence, shared, approved = row
    shown = _composed(reader, lesson, version, tag_words, hidden)
    if has_evidence:
        shown = _with_evidence(reader, shown)
    shared_by = tuple(sorted(set((shared or "").split())))
    may_revise = _may_revise(reader, lesson, approved=bool(approved))
    return replace(shown, has_notices=bool(has_notices), shared_by=shared_by, may_revise=may_revise)


def _with_evidence(reader: Actor | None, shown: LessonPage) -> LessonPage:
    """The page with the evidence against its claims that the reader knows of (one query)."""
    stand = dispute_list.Standing(shown.origin.hidden, shown.speakers, shown.origin.curator)
    evidence = dispute_list.of_lesson(reader, shown.lesson, stand, shown.facts.replies)
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
    facts = page_facts.of(reader, lesson, version, hidden=bool(hidden))
    leads_in = {t.id for t in facts.sources if as_outsider and consent_checks.needed(t, lesson, audience)}
    kept = bool(hidden) and not as_outsider
    sources = claim_views.sources(facts.sources, version, claims, hidden=kept, closed=leads_in)
    # A sealed version has its consents; those of a draft are asked only where a thread is closed to the reader.
    answers = Answers([lesson.id])
    given = consent_checks.Given() if sources.complete else answers.given(lesson.id, audience)
    claims, terms = origin.masked_together(claims, given, lesson.id, answers)
    views = claim_views.of(lesson, version, claims, sources.ids, terms)
    return LessonPage(
        lesson=lesson,
        version=version,
        claims=views,
        facts=facts,
        speakers=claim_views.speakers(claims, views),
        sources=[SourceLink(thread.id, thread.slug, thread.title) for thread in sources.shown],
        origin=origin.known(lesson, version, facts, hidden=bool(hidden), complete=sources.complete),
        reports=report_list.of_lesson(reader, lesson, facts.orphans, hidden=bool(hidden)),
        tags=_tags(tag_words),
        overdue=origin_filters.is_overdue(lesson, hidden=bool(hidden)),
        quotes_reader=_quotes(reader, claims),
    )


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


def _tags(words: str | None) -> list[str]:
    return sorted(words.split("\n"), key=sort_key) if words else []


def _quotes(reader: Actor | None, claims: list[QuotedClaim]) -> bool:
    quotes = [quoted for claim in claims for quoted in claim.quotes if quoted.removed is None]
    return reader is not None and any(one.post.author_id == reader.id and one.excerpt.words for one in quotes)


def _may_revise(reader: Actor | None, lesson: Lesson, *, approved: bool) -> Answer | None:
    """Whether a moderator of its space may begin a new version; None for all others, and where there is one."""
    if reader is None or lesson.state != LessonState.PUBLISHED or not may_moderate(reader, lesson.space_id):
        return None
    return may_take_lesson(reader, lesson, TakerFacts(approved=approved))
