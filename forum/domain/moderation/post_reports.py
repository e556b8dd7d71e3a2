"""Readers report a post to the moderators of its space; who did is known to who settles it, and to nobody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, select

from forum.domain.lines import clean_paragraphs
from forum.domain.mailing import events
from forum.domain.moderation import report_outcomes
from forum.domain.threads import post_store
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import Page, keyset
from forum.infra.rows import drawn_id
from forum.models.post_reports import PostReport, PostSettlement, ReportReason
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.moderating import may_report_post
from forum.policy.visibility import get_visible, sees

MOST = "20 per hour"  # of one member
# Of visitors: from one place, and about one post from everywhere.
MOST_FROM_ONE_PLACE, MOST_OF_ONE_POST = "10 per hour", "20 per day"


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader fills in, and where a visitor's request comes from."""

    reason: ReportReason
    words: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report of the reader's own. Nothing of its place where they may not see it now; no outcome while it is open.

    `outcome`: as a code, once nobody can undo it.
    """

    reason: str
    words: str
    reported_at: datetime
    post_id: int | None
    number: int
    thread_id: int | None
    thread_slug: str
    thread_title: str
    outcome: str
    answer: str


def place(reader: Actor | None, post_id: int) -> tuple[Thread, Post]:
    """Return a post and its thread, for the form to report it; NotFound, Forbidden."""
    post: Post = get_visible(Post, reader, post_id)
    thread: Thread = get_visible(Thread, reader, post.thread_id)
    require(may_report_post(reader, post))
    return thread, post


def report(reader: Actor | None, post_id: int, said: Said) -> tuple[Thread, Post]:
    """Report a post; what the reader said before, and nobody settled, is changed. The same of a visitor twice is once.

    NotFound, Forbidden, Invalid at `words`, TooOften.
    """
    place(reader, post_id)  # before anything of the form is looked at
    reason = ReportReason(said.reason)
    missing = _("Say in your own words what is wrong.") if reason == ReportReason.OTHER else None
    words = clean_paragraphs(said.words, field="words", limit=PostReport.WORDS_MAX, missing=missing)
    thread, post = post_store.locked_post(reader, post_id)
    require(may_report_post(reader, post))
    before = report_outcomes.open_of(post.id)
    own = next((one for one in before if _is_same(one, reader, reason, words)), None)
    if own is not None:
        own.reason, own.words = reason, words
        return thread, post
    _count(reader, post, said.address)
    row = PostReport(
        id=drawn_id(PostReport.id),
        post_id=post.id,
        reporter_id=reader.id if reader is not None else None,
        reason=reason,
        words=words,
        reported_at=clock.now(),
        settlement_id=None,
    )
    db.session.add(row)
    db.session.flush()
    if not before:
        events.record("post.reported", post_id=post.id)
    return thread, post


def take_back(actor: Actor, post_id: int) -> bool:
    """Take one's own report back while nobody settled it; return whether there was one.

    Also of a post that the actor no longer sees; without a report of theirs such a post is none: NotFound.
    """
    row = _own(actor, post_id)
    if row is None:
        get_visible(Post, actor, post_id)
        return False
    # Who settles it holds the thread: whoever comes second finds what the first left.
    db.session.execute(
        select(Thread.id).join(Post, Post.thread_id == Thread.id).where(Post.id == post_id).with_for_update()
    )
    row = _own(actor, post_id)
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    return True


def own(reader: Actor | None, post_id: int) -> PostReport | None:
    """Return the open report of the reader about a post; None for a visitor."""
    return _own(reader, post_id) if reader is not None else None


def page(actor: Actor, *, cursor: str | None = None, limit: int = 20) -> Page[OwnReport]:
    """Return what the actor reported, the latest first, with what came of it (one query)."""
    told = and_(PostReport.settlement_id.is_not(None), UndoableAct.until <= clock.now())
    shown = sees(Thread, actor)
    query: Any = (
        select(
            PostReport.id,
            PostReport.reported_at,
            PostReport.reason,
            PostReport.words,
            Post.id.label("post_id"),
            Post.number,
            Thread.id.label("thread_id"),
            case((shown, Thread.slug)).label("thread_slug"),
            case((shown, Thread.title)).label("thread_title"),
            case((shown, 1), else_=0).label("is_shown"),
            case((told, PostSettlement.outcome)).label("outcome"),
            case((told, PostSettlement.answer)).label("answer"),
        )
        .join(Post, Post.id == PostReport.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(PostSettlement, PostSettlement.id == PostReport.settlement_id)
        .outerjoin(UndoableAct, UndoableAct.id == PostSettlement.act_id)
        .where(PostReport.reporter_id == actor.id)
    )
    rows, following = keyset(query, keys=(PostReport.reported_at, PostReport.id), cursor=cursor, limit=limit)
    return Page([_shown(row) for row in rows], following)


def _own(actor: Actor, post_id: int) -> PostReport | None:
    query = select(PostReport).where(
        PostReport.post_id == post_id,
        PostReport.reporter_id == actor.id,
        PostReport.settlement_id.is_(None),
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _is_same(report: PostReport, reader: Actor | None, reason: ReportReason, words: str) -> bool:
    """Whether it is the member's, or that which a visitor sends once more."""
    if reader is not None:
        return report.reporter_id == reader.id
    return report.reporter_id is None and (report.reason, report.words) == (reason, words)


def _count(reader: Actor | None, post: Post, address: str) -> None:
    if reader is not None:
        rates.spend("report-post", f"member:{reader.id}", limit=MOST)
        return
    rates.spend_all(
        [
            ("report-post-from", f"place:{rates.place(address)}", MOST_FROM_ONE_PLACE),
            ("report-post-of", f"post:{post.id}", MOST_OF_ONE_POST),
        ]
    )


def _shown(row: Any) -> OwnReport:
    there = bool(row.is_shown)
    return OwnReport(
        reason=row.reason.value,
        words=row.words,
        reported_at=row.reported_at,
        post_id=row.post_id if there else None,
        number=row.number if there else 0,
        thread_id=row.thread_id if there else None,
        thread_slug=row.thread_slug or "",
        thread_title=row.thread_title or "",
        outcome=row.outcome.value if row.outcome else "",
        answer=row.answer or "",
    )
