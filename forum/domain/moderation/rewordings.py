"""What moderators changed in a post of the reader's own, and why: for its author alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from forum.domain.audit import resting
from forum.domain.house_rules import grounds
from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.sealing import Sealed, Sealing, SealingObjection
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.words import may_object_to_leaving_out

MOST = 20


@dataclass(frozen=True, slots=True)
class Rewording:
    """Words that were left out, or another title, once nobody can undo that."""

    is_title: bool
    reason: str
    at: datetime
    sealing_id: int | None = None
    rule: resting.Rule | None = None
    may_object: bool = False
    said: SealingObjection | None = None  # what the author said against it, with what came of that
    answer_rule: resting.Rule | None = None  # on which it rests that the words stay out

    @property
    def waits(self) -> bool:
        """Whether nobody decided on what the author said yet."""
        return self.said is not None and self.said.decided_at is None


def of_own(author: Actor, post_id: int) -> tuple[Thread, Post, list[Rewording]]:
    """Return what moderators changed in the actor's own post, the latest first; NotFound for others and without any."""
    thread, post = posts.place(author, post_id)
    if post.author_id != author.id:
        raise NotFound
    found = [*_left_out(author, post), *(_titles(post) if post.number == 1 else [])]
    if not found:
        raise NotFound
    return thread, post, sorted(found, key=lambda one: one.at, reverse=True)


def rules_of(post_id: int) -> dict[int, resting.Rule | None]:
    """Return the rule on which each act rests that left words out of a post, by its id (system read, two queries).

    Each wrote one line into the log, in the same order.
    """
    ids = db.session.scalars(
        select(Sealing.id)
        .where(Sealing.post_id == post_id, Sealing.kind == Sealed.LEAVE_OUT)
        .order_by(Sealing.id)
    ).all()
    return dict(zip(ids, grounds.of_each(post_id, Action.LEAVE_OUT), strict=False))


def line_of(sealing: Sealing) -> ScalarSelect[Any]:
    """Return the query of the id of the line in the log that says an act which left words out, as `rules_of` has it."""
    place = select(func.count()).where(
        Sealing.post_id == sealing.post_id, Sealing.kind == Sealed.LEAVE_OUT, Sealing.id <= sealing.id
    )
    numbered = (
        select(ModerationAction.id, func.row_number().over(order_by=ModerationAction.id).label("place"))
        .where(ModerationAction.post_id == sealing.post_id, ModerationAction.action == Action.LEAVE_OUT)
        .subquery()
    )
    return select(numbered.c.id).where(numbered.c.place == place.scalar_subquery()).scalar_subquery()


def _left_out(author: Actor, post: Post) -> list[Rewording]:
    query = (
        select(Sealing, SealingObjection)
        .join(UndoableAct, UndoableAct.id == Sealing.act_id)
        .outerjoin(SealingObjection, SealingObjection.sealing_id == Sealing.id)
        .where(Sealing.post_id == post.id, Sealing.kind == Sealed.LEAVE_OUT, *_stands())
        .order_by(Sealing.at.desc())
        .limit(MOST)
    )
    rows = db.session.execute(query.execution_options(populate_existing=True)).all()
    rules = rules_of(post.id) if rows else {}
    kept = _kept_by([said for _sealing, said in rows if said is not None], post.id)
    return [
        Rewording(
            is_title=False,
            reason=sealing.reason,
            at=sealing.at,
            sealing_id=sealing.id,
            rule=rules.get(sealing.id),
            may_object=bool(may_object_to_leaving_out(author, post, is_final=True, is_made=said is not None)),
            said=said,
            answer_rule=kept.get(sealing.id),
        )
        for sealing, said in rows
    ]


def _kept_by(said: list[SealingObjection], post_id: int) -> dict[int, resting.Rule | None]:
    """The rule on which each answer rests that the words stay out; each wrote one line, in their order."""
    kept = [one for one in said if one.decided_at is not None and not one.granted]
    kept.sort(key=lambda one: (one.decided_at or one.made_at, one.id))
    rules = grounds.of_each(post_id, Action.KEEP_LEFT_OUT) if kept else []
    # The latest of each: MOST are shown.
    pairs = zip(kept[::-1], rules[::-1], strict=False)
    return {one.sealing_id: rule for one, rule in pairs}


def _titles(post: Post) -> list[Rewording]:
    """Each with the reason of its line in the log."""
    query = (
        select(ModerationAction.reason, UndoableAct.at)
        .select_from(UndoableAct)
        .outerjoin(ModerationAction, ModerationAction.id == UndoableAct.before["log_id"].as_integer())
        .where(UndoableAct.post_id == post.id, UndoableAct.kind == UndoKind.RETITLE, *_stands())
        .order_by(UndoableAct.id.desc())
        .limit(MOST)
    )
    return [Rewording(is_title=True, reason=row.reason or "", at=row.at) for row in db.session.execute(query)]


def _stands() -> tuple[ColumnElement[bool], ...]:
    return UndoableAct.undone_at.is_(None), UndoableAct.until <= clock.now()
