"""Claims as one reader gets them: the words they rest on as far as threads, rights and consents allow."""

from collections.abc import Collection
from typing import Any, NamedTuple

from forum.domain.lessons import consent_checks, origin, weakened
from forum.domain.lessons.report_list import PostLink
from forum.domain.lessons.views import ClaimView, ExcerptView
from forum.domain.people.bylines import Byline, byline, masked
from forum.domain.threads.excerpts import Agreed, Quoted, QuotedClaim
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson, LessonVersion


class Sources(NamedTuple):
    """The threads behind a lesson that a reader may be led to, and whether they see every one of them."""

    shown: list[Any]
    complete: bool

    @property
    def ids(self) -> set[int]:
        """Which threads those are."""
        return {thread.id for thread in self.shown}


def sources(
    threads: Collection[Any],
    version: LessonVersion,
    claims: list[QuotedClaim],
    *,
    hidden: bool,
    closed: Collection[int] = (),
) -> Sources:
    """Return where a version leads its reader, of all threads behind its lesson (rows of `page_queries.sources`).

    `hidden`: its origin is kept from them. `closed` are threads that they are not led to, whether they see them or not.
    """
    shown = [thread for thread in threads if thread.seen and thread.id not in closed]
    # A source that only another version is to have counts too: it may be one that no words came of, and was closed.
    complete = len(shown) == len(threads)
    if version.published_at is not None:
        shown = [thread for thread in shown if thread.stands]
    if hidden:
        # A thread that was opened since would lead to who is masked.
        by_right = {quoted.thread.id for claim in claims for quoted in claim.quotes if quoted.in_right}
        shown = [thread for thread in shown if thread.id in by_right]
    return Sources(shown, complete)


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


def of(
    lesson: Lesson,
    version: LessonVersion,
    claims: list[QuotedClaim],
    seen: Collection[int],
    terms: origin.Terms,
) -> list[ClaimView]:
    """Return the claims of a version for a reader who may see the threads in `seen`; `terms` as `masked_together`."""
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


def speakers(claims: list[QuotedClaim], views: list[ClaimView]) -> dict[tuple[int, int], Byline]:
    """Return how each author stands under a claim for its reader; who stands masked in part of it does so in all."""
    found: dict[tuple[int, int], Byline] = {}
    for claim, view in zip(claims, views, strict=True):
        for quoted, excerpt in zip(claim.quotes, view.excerpts, strict=True):
            key, by = (claim.root, quoted.post.author_id), excerpt.author
            if by is not None and (key not in found or by.name != quoted.speaker):
                found[key] = by
    return found


def _agreed_name(quoted: Quoted, consent: Consent | Agreed) -> Byline:
    """The speaker as they agreed to be named outside the thread."""
    if consent.masking == Masking.NAME and consent.city_shown:
        return byline(quoted.speaker, "", quoted.capacity, said_at=quoted.post.created_at)
    return masked(consent.shown_as)
