"""What became of the reports of a post, all that are open at once; and that they are open again.

Written by every act that settles them: also by one that hides a post for another reason, and by its author who takes
it back. The thread is locked by whoever does that.
"""

from typing import NamedTuple

from sqlalchemy import or_, select, update

from forum.domain.audit import log as audit_log
from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action
from forum.models.post_reports import PostReport, PostSettlement, ReportOutcome
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.actors import Actor


class Said(NamedTuple):
    """The reason that the author of a post reads, the sentence for who reported it, and the house rule behind it."""

    reason: str = ""
    answer: str = ""
    rule_id: int | None = None


NOTHING = Said()

GONE = (ReportOutcome.HIDDEN, ReportOutcome.TAKEN_BACK)


def write(actor: Actor, post: Post, outcome: ReportOutcome, act: UndoableAct, said: Said = NOTHING) -> None:
    """Settle the open reports of a post by what `act` did, if there are any (system verb). Its thread is loaded."""
    if outcome in GONE:  # its author has nothing to change any more
        notices.forget_planned(("change_asked",), about=Subject(post_id=post.id))
    reports = open_of(post.id)
    if not reports:
        return
    settlement = PostSettlement(
        post_id=post.id,
        outcome=outcome,
        settled_by_id=actor.id,
        settled_at=clock.now(),
        reason=said.reason,
        answer=said.answer,
        act_id=act.id,
        undone_at=None,
    )
    db.session.add(settlement)
    db.session.flush()
    for report in reports:
        report.settlement_id = settlement.id
    db.session.flush()
    if outcome != ReportOutcome.TAKEN_BACK:
        log(actor, Action.SETTLE_REPORT, post, outcome)
    events.record("post_report.settled", settlement_id=settlement.id, act_id=act.id)


def reopen(actor: Actor, post: Post) -> None:
    """Open the reports of a post again of which the act was undone, or that its author put back (system verb).

    Its thread is loaded.
    """
    undone = UndoableAct.undone_at.is_not(None)
    query = (
        select(PostSettlement)
        .join(UndoableAct, UndoableAct.id == PostSettlement.act_id)
        .where(
            PostSettlement.post_id == post.id,
            PostSettlement.undone_at.is_(None),
            # What its author took back and shows once more is as it was reported, however long that took.
            or_(undone, PostSettlement.outcome == ReportOutcome.TAKEN_BACK),
        )
        .order_by(PostSettlement.id)
    )
    found = list(db.session.scalars(query))
    for settlement in found:
        settlement.undone_at = clock.now()
        _open_again(settlement)
        if settlement.outcome != ReportOutcome.TAKEN_BACK:
            log(actor, Action.REOPEN_REPORT, post, settlement.outcome)


def open_of(post_id: int) -> list[PostReport]:
    """Return the open reports of a post, the first one first (system read)."""
    query = select(PostReport).where(PostReport.post_id == post_id, PostReport.settlement_id.is_(None))
    query = query.order_by(PostReport.reported_at, PostReport.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def log(actor: Actor, action: Action, post: Post, outcome: ReportOutcome) -> None:
    """Add a line about the reports of a post, which never says who made them. Its thread is loaded."""
    audit_log.record(
        actor,
        action,
        thread=post.thread,
        post_number=post.number,
        subject_id=post.author_id,
        reason=outcome.value,
    )


def _open_again(settlement: PostSettlement) -> None:
    """What somebody reported once more since takes the place of what they said before."""
    newer = {report.reporter_id for report in open_of(settlement.post_id)} - {None}
    of_it = PostReport.settlement_id == settlement.id
    for report in db.session.scalars(select(PostReport).where(of_it)).all():
        if report.reporter_id in newer:
            db.session.delete(report)
    db.session.flush()
    db.session.execute(
        update(PostReport)
        .where(of_it)
        .values(settlement_id=None)
        .execution_options(synchronize_session="fetch")
    )
