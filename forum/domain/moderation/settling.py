"""Settle what readers reported of a post: hide it, ask its author to change it, or leave it; ten minutes' undo."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import resting, undoable
from forum.domain.house_rules import grounds
from forum.domain.lessons import weakened
from forum.domain.lines import clean_line, clean_reason
from forum.domain.mailing import events
from forum.domain.moderation import hiding, report_outcomes, settlers
from forum.domain.moderation.report_outcomes import Said
from forum.domain.themes.report_labels import OUTCOMES
from forum.domain.threads import left_behind, post_store, posts
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.moderation import Action
from forum.models.post_reports import PostReport, PostSettlement, ReportOutcome
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.moderating import may_settle

CHOSEN = (ReportOutcome.HIDDEN, ReportOutcome.ASKED, ReportOutcome.LEFT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides of the reports of a post; `reason` for its author, `answer` for who reported it.

    `rule` is the house rule on which it rests, as `grounds.rule_of` takes it; nothing is asked of a post that stays.
    """

    outcome: ReportOutcome
    reason: str = ""
    answer: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """One report, for who settles it; without a name it is that of a visitor."""

    reason: str
    words: str
    name: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class ToSettle:
    """A post that was reported, with its thread and all that is open about it."""

    thread: Thread
    post: Post
    author_name: str
    reports: list[Reported]


@dataclass(frozen=True, slots=True)
class AskedChange:
    """Why its author is asked to change a post."""

    thread: Thread
    post: Post
    reason: str
    asked_at: datetime
    rule: resting.Rule | None = None


def to_settle(actor: Actor, post_id: int) -> ToSettle:
    """Return what was reported of a post, for who settles it.

    NotFound, Forbidden, Conflict where nothing is open: it says what became of it.
    """
    thread, post = posts.place(actor, post_id)
    require(may_settle(actor, post, thread.space_id, settlers.facts(actor, post, thread)))
    reports = details(post.id)
    if not reports:
        raise Conflict(_over(post))
    return ToSettle(thread, post, db.session.get_one(Member, post.author_id).name, reports)


def details(post_id: int) -> list[Reported]:
    """Return what is open about a post of which it is known that the actor may settle it (one query)."""
    query = (
        select(PostReport, Member.name)
        .outerjoin(Member, Member.id == PostReport.reporter_id)
        .where(PostReport.post_id == post_id, settlers.OPEN)
        .order_by(PostReport.reported_at, PostReport.id)
    )
    return [
        Reported(report.reason.value, report.words, name or "", report.reported_at)
        for report, name in db.session.execute(query)
    ]


def settle(actor: Actor, post_id: int, verdict: Verdict) -> Post:
    """Settle all open reports of a post with one outcome; for ten minutes it can be undone, then people hear of it.

    The same by the same person twice is once. NotFound, Forbidden, Invalid at `reason`, `answer` or `rule`; Conflict
    where somebody settled them meanwhile: it says what became of them.
    """
    outcome = ReportOutcome(verdict.outcome)
    lessons = weakened.hold(posts.place(actor, post_id)[0].id)
    thread, post = post_store.locked_post(actor, post_id)
    require(may_settle(actor, post, thread.space_id, settlers.facts(actor, post, thread)))
    if not report_outcomes.open_of(post.id):
        if _did(actor, post, outcome):
            return post
        raise Conflict(_over(post))
    reason = clean_reason(
        verdict.reason,
        limit=Post.HIDDEN_REASON_MAX,
        missing=None if outcome == ReportOutcome.LEFT else _("Say why: the author reads it."),
    )
    answer = clean_line(verdict.answer, field="answer", limit=PostSettlement.REASON_MAX)
    rule_id = None if outcome == ReportOutcome.LEFT else grounds.rule_of(thread.space_id, verdict.rule)
    if outcome == ReportOutcome.HIDDEN:
        hiding.put_away(actor, thread, post, lessons, Said(reason, answer, rule_id))
        return post
    before = {"space_id": thread.space_id}
    act = undoable.note(actor, UndoKind.SETTLE, thread_id=thread.id, post_id=post.id, before=before)
    if outcome == ReportOutcome.LEFT:
        reason = ""  # nobody would read it
    report_outcomes.write(actor, post, outcome, act, Said(reason, answer))
    if outcome == ReportOutcome.ASKED:
        line = audit_log.record(
            actor,
            Action.ASK_CHANGE,
            thread=thread,
            post_number=post.number,
            subject_id=post.author_id,
            reason=reason,
            rule_id=rule_id,
        )
        act.before = {**before, "asked_id": line.id, "log_id": line.id}
        events.record("post.change_asked", post_id=post.id, act_id=act.id)
    return post


def undo(actor: Actor, act: UndoableAct) -> None:
    """Open the reports again that the act settled; NotFound, Forbidden."""
    thread, post = post_store.locked_post(actor, act.post_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_settle(actor, post, thread.space_id, settlers.facts(actor, post, thread)))
    # Others would read who reported it; and what stands no longer has nothing to settle.
    is_elsewhere = thread.space_id != act.before.get("space_id", thread.space_id)
    if is_elsewhere or post.hidden_at is not None or post.deleted_at is not None:
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    undoable.note_undone(act)
    report_outcomes.reopen(actor, post)


def last_asked(author: Actor, post_id: int) -> AskedChange | None:
    """Return why the author of a post was last asked to change it, once nobody can undo that; None for others.

    NotFound.
    """
    thread, post = posts.place(author, post_id)
    query = (
        select(PostSettlement)
        .join(UndoableAct, UndoableAct.id == PostSettlement.act_id)
        .where(
            PostSettlement.post_id == post.id,
            PostSettlement.outcome == ReportOutcome.ASKED,
            PostSettlement.undone_at.is_(None),
            UndoableAct.until <= clock.now(),
        )
        .order_by(PostSettlement.id.desc())
        .limit(1)
    )
    found = db.session.scalars(query).one_or_none() if post.author_id == author.id else None
    if found is None:
        return None
    rule = grounds.of_post(post.id, Action.ASK_CHANGE)
    return AskedChange(thread, post, found.reason, found.settled_at, rule)


def _did(actor: Actor, post: Post, outcome: ReportOutcome) -> bool:
    last = _last(post)
    return last is not None and (last.settled_by_id, last.outcome) == (actor.id, outcome)


def _last(post: Post) -> PostSettlement | None:
    query = select(PostSettlement).where(
        PostSettlement.post_id == post.id,
        PostSettlement.undone_at.is_(None),
        left_behind.is_of_here(post.thread_id, PostSettlement.settled_at),
    )
    return db.session.scalars(query.order_by(PostSettlement.id.desc()).limit(1)).one_or_none()


def _over(post: Post) -> str:
    last = _last(post)
    if last is None:
        return _("There is no open report about this post now.")
    who = db.session.get(Member, last.settled_by_id) if last.settled_by_id is not None else None
    outcome = str(OUTCOMES[last.outcome])
    if who is None or last.outcome == ReportOutcome.TAKEN_BACK:
        return _("This was settled meanwhile: %(outcome)s", outcome=outcome)
    return _("%(name)s settled this meanwhile: %(outcome)s", name=who.name, outcome=outcome)
