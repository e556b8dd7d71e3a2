"""Why an act cannot be done now that the actor may do: told before they press, and when they do, by one function each.

What the actor may never do is no refusal of this kind: the page before it is Forbidden, as the act is.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from forum.domain.held_posts import matching, moving_in
from forum.domain.regrouping import authors
from forum.domain.regrouping.regroupings import Kind, Regrouping
from forum.domain.threads import waiting_there
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.held import HoldingRule, Watch
from forum.models.measures import LASTING, SpaceMeasure
from forum.models.spaces import Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actions import may_moderate
from forum.policy.actors import Actor, in_force
from forum.policy.errors import Conflict, Forbidden
from forum.policy.regrouping import may_regroup
from forum.policy.splitting import may_take_along

MOST = 500  # posts that go along in one act


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why. `is_here`: something in the thread is settled first; `rules_of`: the slug of a space whose rules are.

    `is_own`: what the actor wrote is in the way, which another moderator may take along.
    """

    reason: str
    is_here: bool = False
    rules_of: str = ""
    is_own: bool = False


def require(refusal: Refusal | None) -> None:
    """Do nothing where nothing is refused; Forbidden for what the actor wrote, Conflict for all else."""
    if refusal is None:
        return
    raise Forbidden(refusal.reason) if refusal.is_own else Conflict(refusal.reason)


def of_move(actor: Actor, regrouping: Regrouping) -> Refusal | None:
    """Return why a thread cannot go to a space now, for a moderator of where it stands."""
    thread, space = regrouping.thread, _space(regrouping)
    if staying := of_leaving(thread):
        return staying
    if why := moving_in.why_rules_come_first(actor, space):
        return Refusal(why, rules_of=space.slug)
    if not may_moderate(actor, space.id) and _would_wait(thread, space.id):
        return Refusal(
            _("In that space a moderator looks first at what people write. Ask them to take the thread.")
        )
    return None


def of_own_move(actor: Actor, regrouping: Regrouping) -> Refusal | None:
    """Return why its author cannot bring a thread to a space now."""
    thread, space = regrouping.thread, _space(regrouping)
    if staying := of_leaving(thread):
        return staying
    if why := moving_in.why_rules_come_first(actor, space):
        return Refusal(why, rules_of=space.slug)
    why = moving_in.why_it_would_wait(actor, thread, space)
    return Refusal(why) if why else None


def of_leaving(thread: Thread) -> Refusal | None:
    """Return why a thread cannot go to any other space now, whoever moves it."""
    why = waiting_there.why_it_stays(thread)
    return Refusal(why, is_here=True) if why else None


def of_readers(actor: Actor, regrouping: Regrouping) -> Refusal | None:
    """Return why more people cannot read a thread now: fewer always can."""
    thread = regrouping.thread
    if regrouping.kind != Kind.WIDEN:
        return None
    # A moderator, once all agree; else its author, while nobody else took part.
    asks = may_regroup(actor, thread) and any(one != actor.id for one in authors.of_thread(thread.id))
    why = waiting_there.why_reply_waits(thread) if asks else waiting_there.why_readers_stay(thread)
    return Refusal(why, is_here=True) if why else None


def of_split(actor: Actor, thread: Thread) -> Refusal | None:
    """Return why no post of a thread can go to another one now: there is none that the actor may take along."""
    after_opening = select(Post.author_id).where(Post.thread_id == thread.id, Post.number > 1)
    if db.session.scalar(after_opening.where(Post.author_id != actor.id).limit(1)) is not None:
        return None
    if db.session.scalar(after_opening.limit(1)) is not None:
        return _of_own_posts(actor)
    return Refusal(_("No post stands here after the opening post: nothing can be split off."))


def of_merge(actor: Actor, thread: Thread) -> Refusal | None:
    """Return why the posts of a thread cannot all go to another one now, whichever that is."""
    own = select(Post.id).where(Post.thread_id == thread.id, Post.author_id == actor.id)
    if db.session.scalar(own.limit(1)) is not None:
        return _of_own_posts(actor)
    number = db.session.scalar(select(func.count(Post.id)).where(Post.thread_id == thread.id)) or 0
    if number > MOST:
        return Refusal(
            _(
                "More than %(limit)d posts stand here, too many to go along at once. Merge the other thread into "
                "this one, or split this one first.",
                limit=MOST,
            )
        )
    return None


def _of_own_posts(actor: Actor) -> Refusal:
    return Refusal(may_take_along(actor, actor.id).reason, is_own=True)


def _space(regrouping: Regrouping) -> Space:
    return db.session.get_one(Space, regrouping.after.space_id)


def _would_wait(thread: Thread, space_id: int) -> bool:
    """Whether anything that stands in a thread might have waited there: what it is does not get in by moving."""
    rule = db.session.get(HoldingRule, space_id)
    if rule is not None:
        until = rule.everybody_until
        if rule.newcomers or rule.guests or rule.links or (until is not None and clock.now() < until):
            return True
    # Of anybody's whose posts wait there, or who may not write there now: it is the same to who moves it.
    measured = select(SpaceMeasure.id).where(
        SpaceMeasure.space_id == space_id,
        SpaceMeasure.kind.in_(LASTING),
        SpaceMeasure.member_id.in_(authors.of_thread(thread.id)),
        in_force(SpaceMeasure),
    )
    if db.session.scalar(measured.limit(1)) is not None:
        return True
    texts = (
        select(PostRevision.title, PostRevision.plain)
        .join(Post, (Post.id == PostRevision.post_id) & (Post.revision == PostRevision.number))
        .where(Post.thread_id == thread.id)
    )
    said = [words for row in db.session.execute(texts) for words in row]
    return bool(matching.found(space_id, said, Watch.HOLD))
