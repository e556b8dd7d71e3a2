"""The author of a post objects, once, to words that were left out of it; another moderator decides, or the deputy.

Nobody has the words, so nothing brings them back: granted, the log says that it did not stand, and the author hears
that they can write them anew.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import resting
from forum.domain.house_rules import grounds
from forum.domain.lines import clean_line, clean_paragraphs
from forum.domain.mailing import events
from forum.domain.moderation import rewordings
from forum.domain.spaces import deputies
from forum.domain.threads import post_store, posts, rendering
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.moderation import Action
from forum.models.sealing import Sealed, Sealing, SealingObjection
from forum.models.spaces import Role
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Conflict, NotFound
from forum.policy.words import may_decide_on_leaving_out, may_object_to_leaving_out

MOST = "20 per hour"
OPEN = SealingObjection.decided_at.is_(None)
# Whose account is gone is nobody: a NULL would make the comparison unknown.
_WHO = func.coalesce(Sealing.sealed_by_id, 0)
# Of a post that is hidden since, its moderators alone read the words that are left: a deputy waits until it is shown.
_STANDS = Post.hidden_at.is_(None)


class Deputy(NamedTuple):
    """Who alone can decide on an objection, and in which space."""

    member_id: int
    space_id: int


class Own(NamedTuple):
    """Words that were left out of a post of the actor's own, for the form in which they object."""

    sealing: Sealing
    thread: Thread
    post: Post
    rule: resting.Rule | None
    is_made: bool


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An objection, for who decides on it: the post as it is now, and why words were left out."""

    id: int
    thread: Thread
    post: Post
    html: str
    author_name: str
    reason: str
    at: datetime
    rule: resting.Rule | None
    words: str
    made_at: datetime


def asked(author: Actor, sealing_id: int) -> Own:
    """Return what the actor can object to, or did, for the form; NotFound, Forbidden."""
    sealing = _one(sealing_id)
    thread, post = posts.place(author, sealing.post_id)
    _refuse_other(author, post)
    require(may_object_to_leaving_out(author, post, is_final=_is_final(sealing), is_made=False))
    rule, said = rewordings.rules_of(post.id).get(sealing.id), _said(sealing.id)
    return Own(sealing, thread, post, rule, said is not None)


def make(author: Actor, sealing_id: int, *, words: str) -> Post:
    """Object, once for each time that words were left out; the same words twice are once.

    NotFound, Forbidden, Invalid at `words`, TooOften.
    """
    _thread, post = post_store.locked_post(author, _one(sealing_id).post_id)
    _refuse_other(author, post)
    sealing, found = _one(sealing_id), _said(sealing_id)
    said = clean_paragraphs(
        words,
        field="words",
        limit=SealingObjection.WORDS_MAX,
        missing=_("Say why the words should not have been left out."),
    )
    if found is not None and found.words == said:
        return post
    is_final = _is_final(sealing)
    require(may_object_to_leaving_out(author, post, is_final=is_final, is_made=found is not None))
    rates.spend("object", f"member:{author.id}", limit=MOST)
    row = SealingObjection(sealing_id=sealing.id, words=said, made_at=clock.now(), granted=False, answer="")
    db.session.add(row)
    db.session.flush()
    events.record("leaving_out.objected", sealing_id=sealing.id)
    return post


def looked_at(sealing_ids: Collection[int]) -> set[int]:
    """Return on which of these somebody may decide, so that an answer can be promised (one query)."""
    return set(db.session.scalars(_joined(Sealing.id).where(Sealing.id.in_(sealing_ids), ~nobody_decides())))


def deputy_for(sealing: Sealing) -> Deputy | None:
    """Return the deputy who alone can decide, as nobody else may; None where that is nobody."""
    query = _joined(Thread.space_id, Post.author_id).where(
        Sealing.id == sealing.id, _STANDS, ~_another_moderates()
    )
    row = db.session.execute(query).one_or_none()
    deputy_id = deputies.of_space(row.space_id) if row is not None else None
    if row is None or deputy_id is None or deputy_id in (row.author_id, sealing.sealed_by_id):
        return None
    return Deputy(deputy_id, row.space_id)


def decides(actor: Actor) -> ColumnElement[bool]:
    """Return whether an objection to a `Sealing` of a `Post` in a `Thread` waits for the actor, as `to_decide`."""
    here = moderated(actor)
    return and_(
        Post.author_id != actor.id,
        Sealing.sealed_by_id.is_distinct_from(actor.id),
        or_(Thread.space_id.in_(here), _is_deputy(actor)),
    )


def nobody_decides() -> ColumnElement[bool]:
    """Return whether nobody may decide on an objection to a `Sealing` of a `Post` in a `Thread`."""
    deputy = and_(_STANDS, deputies.has_any(Thread.space_id, _WHO, Post.author_id))
    return and_(~_another_moderates(), ~deputy)


def to_decide(actor: Actor, sealing_id: int) -> ToDecide:
    """Return an open objection, for who decides on it; NotFound, Forbidden, Conflict where none is open."""
    sealing, thread, post, found = _seen(actor, sealing_id)
    if found is None or found.decided_at is not None or _is_gone(post):
        raise Conflict(_over(found))
    author = db.session.get_one(Member, post.author_id)
    return shown(actor, (sealing, thread, post, author.name, found))


def shown(actor: Actor, row: tuple[Sealing, Thread, Post, str, SealingObjection]) -> ToDecide:
    """Return an objection that it is known the actor decides on, as a page shows it (one query); TooOften."""
    sealing, thread, post, name, found = row
    body, rule = grounds.text_and_rule(post, rewordings.line_of(sealing))
    html = rendering.of(actor, post, body=body).html or ""
    return ToDecide(
        sealing.id, thread, post, html, name, sealing.reason, sealing.at, rule, found.words, found.made_at
    )


def lift(actor: Actor, sealing_id: int) -> Post:
    """Say that the words should not have been left out: their author hears of it. Done already by the actor, no more.

    Nobody has the words, so they stay away; who wrote them can write them anew. NotFound, Forbidden, Conflict.
    """
    _sealing, thread, post, found = _seen(actor, sealing_id, lock=True)
    if found is not None and found.decided_by_id == actor.id and found.granted:
        return post
    if found is None or found.decided_at is not None or _is_gone(post):
        raise Conflict(_over(found))
    found.decided_at, found.decided_by_id, found.granted = clock.now(), actor.id, True
    db.session.flush()
    audit_log.record(
        actor, Action.LIFT_LEAVING_OUT, thread=thread, post_number=post.number, subject_id=post.author_id
    )
    events.record("leaving_out.lifted", sealing_id=sealing_id)
    return post


def keep(actor: Actor, sealing_id: int, *, answer: str, rule: str = "") -> Post:
    """Say that it was right to leave the words out, in a sentence that their author reads. Done already, no more.

    `rule` is the house rule on which it rests. NotFound, Forbidden, Invalid at `answer` or `rule`, Conflict.
    """
    _sealing, thread, post, found = _seen(actor, sealing_id, lock=True)
    if found is not None and found.decided_by_id == actor.id and not found.granted:
        return post
    if found is None or found.decided_at is not None or _is_gone(post):
        raise Conflict(_over(found))
    limit, missing = SealingObjection.ANSWER_MAX, _("Say why: the author reads it.")
    answer = clean_line(answer, field="answer", limit=limit, missing=missing)
    rule_id = grounds.rule_of(thread.space_id, rule)
    found.decided_at, found.decided_by_id, found.answer = clock.now(), actor.id, answer
    db.session.flush()
    audit_log.record(
        actor,
        Action.KEEP_LEFT_OUT,
        thread=thread,
        post_number=post.number,
        subject_id=post.author_id,
        reason=answer,
        rule_id=rule_id,
    )
    events.record("leaving_out.kept", sealing_id=sealing_id)
    return post


def _one(sealing_id: int) -> Sealing:
    """An act that left words out and was not undone; NotFound."""
    query = (
        select(Sealing)
        .join(UndoableAct, UndoableAct.id == Sealing.act_id)
        .where(Sealing.id == sealing_id, Sealing.kind == Sealed.LEAVE_OUT, UndoableAct.undone_at.is_(None))
    )
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _is_final(sealing: Sealing) -> bool:
    until = db.session.scalar(select(UndoableAct.until).where(UndoableAct.id == sealing.act_id))
    return until is not None and until <= clock.now()


def _refuse_other(author: Actor, post: Post) -> None:
    """Out of whose posts words were left is for nobody else to learn by trying numbers."""
    if post.author_id != author.id:
        raise NotFound


def _said(sealing_id: int) -> SealingObjection | None:
    query = select(SealingObjection).where(SealingObjection.sealing_id == sealing_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _is_gone(post: Post) -> bool:
    return post.sealed_at is not None or post.deleted_at is not None


def _seen(
    actor: Actor, sealing_id: int, *, lock: bool = False
) -> tuple[Sealing, Thread, Post, SealingObjection | None]:
    """One that the actor decides on, with its thread locked if asked; for others it is not there."""
    post_id = _one(sealing_id).post_id
    thread, post = post_store.locked_post(actor, post_id) if lock else posts.place(actor, post_id)
    stands_in = _joined(_is_deputy(actor)).where(Sealing.id == sealing_id)
    is_deputy = bool(db.session.scalar(stands_in))
    if not is_deputy and actor.roles.get(thread.space_id) != Role.MODERATOR:
        raise NotFound
    sealing = _one(sealing_id)
    who = sealing.sealed_by_id
    require(may_decide_on_leaving_out(actor, post, thread, left_out_by=who, is_deputy=is_deputy))
    return sealing, thread, post, _said(sealing_id)


def _joined(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Sealing)
        .join(Post, Post.id == Sealing.post_id)
        .join(Thread, Thread.id == Post.thread_id)
    )


def _another_moderates() -> ColumnElement[bool]:
    return deputies.another_moderates(Thread.space_id, _WHO, Post.author_id)


def _is_deputy(actor: Actor) -> ColumnElement[bool]:
    return and_(_STANDS, deputies.is_deputy(Thread.space_id, actor.id), ~_another_moderates())


def _over(said: SealingObjection | None) -> str:
    if said is None or said.decided_at is None:
        return _("No objection waits here now.")
    who = db.session.get(Member, said.decided_by_id) if said.decided_by_id is not None else None
    if who is None:
        return _("This was decided meanwhile.")
    return _("%(name)s decided this meanwhile.", name=who.name)
