"""A reply or a story that is sent: posted at once, or kept where it waits until a moderator lets it appear.

The edges send through here, so that nothing appears that should wait; the verbs of `threads` are for what does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.domain.audit import undoable
from forum.domain.held_posts import why
from forum.domain.held_posts.why import Why
from forum.domain.house_rules import acceptance
from forum.domain.people import accounts, capacities
from forum.domain.themes import tags as tagging
from forum.domain.threads import post_store, posts, sendings, threads, written_for
from forum.infra import clock, days, rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import drawn_id
from forum.models.held import HeldOutcome, HeldPost
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostKind, Thread
from forum.policy.actions import Answer, may_reply, may_start, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid
from forum.policy.measures import is_held
from forum.policy.visibility import get_visible

MOST = 20  # that wait, of one member


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a form stands for, in the columns of what waits."""

    space_id: int
    body: str
    thread_id: int | None = None
    kind: PostKind | None = None
    title: str = ""
    need: Need | None = None
    axis: Axis | None = None
    audience: Audience | None = None
    tags: list[str] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        """Return them by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def reply(
    actor: Actor,
    thread_id: int,
    *,
    body: str,
    kind: PostKind | None = None,
    idempotency_key: str,
    rendered: str | None = None,
    once_more: bool = False,
    answers: int | None = None,
    accepts: int | None = None,
    readers: str | None = None,
) -> Post | HeldPost:
    """Answer in a thread as `threads.reply` does, or let it wait; sent again it leads to what came of it.

    Errors as there; Conflict when this form waits with other words, or a moderator refused it; Invalid at `accepts`
    (the version of the house rules that was ticked) where the actor has to accept them first, and at `body` where
    others read the thread than its form said (`readers`).
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    thread = post_store.locked_thread(actor, thread_id)
    _rules_first(actor, thread.space_id, accepts, may=may_reply(actor, thread))
    key, kind = sendings.clean_key(idempotency_key), PostKind(kind) if kind else None
    sent = _Sent(thread.space_id, text.typed(body), thread.id, kind)
    earlier = _under(actor, key, sent)
    if earlier is None and written_for.is_wider(thread, readers):
        written_for.require_read(_stands(actor, thread, key, sent, once_more))
    reason = earlier or why.of(actor, thread.space_id, html)
    if reason is None or (earlier is None and _stands(actor, thread, key, sent, once_more)):
        return threads.reply(
            actor, thread_id, body=body, kind=kind, idempotency_key=key, rendered=html,
            once_more=once_more, answers=answers,
        )  # fmt: skip
    if isinstance(reason, HeldPost):
        return reason
    require(may_reply(actor, thread))
    if kind == PostKind.MODERATION:
        raise Invalid("kind", _("Choose what kind of reply it is."))
    rates.spend("reply", f"member:{actor.id}", limit=threads.MOST_REPLIES)
    held = _again(actor, sent) if not once_more else None
    return held or _keep_reply(thread, _keep(actor, sent, key, reason), answers)


def _keep_reply(thread: Thread, held: HeldPost, answers: int | None) -> HeldPost:
    set_committed_value(held, "thread", thread)
    about = select(Post.id).where(Post.thread_id == thread.id, Post.number == answers)
    held.answers_id = db.session.scalar(about)
    db.session.flush()
    return held


def start(
    actor: Actor,
    space_id: int,
    *,
    title: str,
    body: str,
    need: Need,
    axis: Axis | None,
    audience: Audience,
    tags: Sequence[str] = (),
    idempotency_key: str,
    rendered: str | None = None,
    once_more: bool = False,
    accepts: int | None = None,
) -> Thread | HeldPost:
    """Begin a thread in a space as `threads.start` does, or let it wait; errors as there, and as in `reply`."""
    html = post_store.render_body(actor, body) if rendered is None else rendered
    space: Space = get_visible(Space, actor, space_id)
    _rules_first(actor, space.id, accepts, may=may_start(actor, space))
    key, title = sendings.clean_key(idempotency_key), post_store.clean_title(title)
    names, level = tagging.clean(tags), Audience(audience)
    sent = _Sent(
        space.id, text.typed(body), None, None, title, Need(need), Axis(axis) if axis else None, level,
        [tag.name for tag in names],
    )  # fmt: skip
    accounts.one_at_a_time(actor)
    earlier = _under(actor, key, sent)
    reason = earlier or why.of(actor, space.id, html, title)
    story = sendings.Story(space.id, title, sent.body, sent.need or need, sent.axis, level, tuple(names))
    if reason is None or (earlier is None and _is_told(actor, key, story, once_more)):
        return threads.start(
            actor, space_id, title=title, body=body, need=need, axis=axis, audience=level, tags=tags,
            idempotency_key=key, rendered=html, once_more=once_more,
        )  # fmt: skip
    if isinstance(reason, HeldPost):
        return reason
    require(may_start(actor, space))
    if level.rank > space.widest_audience.rank:
        raise Invalid("audience", _("Threads in this space cannot have that many readers."))
    rates.spend("thread", f"member:{actor.id}", limit=threads.MOST_STARTS)
    held = _again(actor, sent) if not once_more else None
    if held is None:
        held = _keep(actor, sent, key, reason)
        set_committed_value(held, "thread", None)
    return held


def edit(
    actor: Actor,
    post_id: int,
    *,
    body: str,
    title: str | None = None,
    seen_revision: int,
    rendered: str | None = None,
    idempotency_key: str | None = None,
) -> Post:
    """Change one's own post as `posts.edit` does; errors as there.

    Invalid at `body` where all that they write waits, and for a first link where that of somebody does: a change is
    read by all at once.
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    thread, _post = posts.place(actor, post_id)
    if is_held(actor, thread.space_id):
        raise Invalid(
            "body",
            _("A moderator looks first at what you write in this space. Send it in a new reply."),
        )
    if why.first_link(actor, thread.space_id, html):
        raise Invalid(
            "body",
            _("In this space a moderator looks at somebody's first link first. Send it in a new reply."),
        )
    return posts.edit(
        actor, post_id, body=body, title=title, seen_revision=seen_revision, rendered=html,
        idempotency_key=idempotency_key,
    )  # fmt: skip


def _rules_first(actor: Actor, space_id: int, accepts: int | None, *, may: Answer) -> None:
    """Ask who may write there to accept the house rules; who may not hears that, and nothing of rules."""
    if may:
        acceptance.require_accepted(actor, space_id, accepts=accepts)


def _stands(actor: Actor, thread: Thread, key: str, sent: _Sent, once_more: bool) -> bool:
    """Whether this sending, or these words, made a reply already; SentBefore as in `sendings`."""
    if sendings.reply_under(actor, thread.id, key, body=sent.body, kind=sent.kind):
        return True
    return not once_more and bool(sendings.reply_again(actor, thread, body=sent.body, kind=sent.kind))


def _is_told(actor: Actor, key: str, story: sendings.Story, once_more: bool) -> bool:
    return bool(
        sendings.story_under(actor, key, story) or (not once_more and sendings.story_again(actor, story))
    )


def _under(actor: Actor, key: str, sent: _Sent) -> HeldPost | None:
    """What waits by this sending; none once it appeared: then its post is known by the same key."""
    query = select(HeldPost).where(HeldPost.author_id == actor.id, HeldPost.idempotency_key == key)
    query = query.options(joinedload(HeldPost.thread)).execution_options(populate_existing=True)
    held = db.session.scalars(query).one_or_none()
    if held is None or held.outcome == HeldOutcome.APPROVED:
        return None
    if held.outcome == HeldOutcome.REFUSED and is_final(held):
        raise Conflict(_("You sent this form before, and it did not appear."))
    if held.revision == 1 and _differs(held, sent):
        raise Conflict(
            _("You sent this form before, and it waits for a moderator. What you filled in now is different.")
        )
    return held


def is_final(held: HeldPost) -> bool:
    """Return whether a refusal can no longer be undone: until then its author sees that it waits."""
    return held.decided_at is not None and held.decided_at + undoable.WINDOW <= clock.now()


def _differs(held: HeldPost, sent: _Sent) -> bool:
    kept = dict(sent.columns())
    if sent.thread_id:
        del kept["space_id"]  # of its thread, which may have moved
    return any(getattr(held, name) != value for name, value in kept.items())


def _again(actor: Actor, sent: _Sent) -> HeldPost | None:
    """The same words of the actor that wait in the same place already: sent again, as after "back"."""
    place = HeldPost.thread_id == sent.thread_id if sent.thread_id else HeldPost.thread_id.is_(None)
    query = select(HeldPost).where(
        HeldPost.author_id == actor.id,
        HeldPost.outcome.is_(None),
        HeldPost.body == sent.body,
        place,
    )
    rows = db.session.scalars(query.options(joinedload(HeldPost.thread)).order_by(HeldPost.id.desc())).all()
    return next((held for held in rows if not _differs(held, sent)), None)


def _keep(actor: Actor, sent: _Sent, key: str, reason: Why) -> HeldPost:
    """Keep what waits; Invalid at `body` when too much of the actor waits already."""
    waits = select(HeldPost.id).where(HeldPost.author_id == actor.id, HeldPost.outcome.is_(None))
    if len(db.session.scalars(waits.limit(MOST)).all()) == MOST:
        raise Invalid(
            "body",
            _("%(limit)d of your posts wait for a moderator. Until then you can send no more.", limit=MOST),
        )
    capacity = capacities.current(actor.id, days.today(actor.timezone))
    held = HeldPost(
        id=drawn_id(HeldPost.id),
        **sent.columns(),
        author_id=actor.id,
        capacity_id=capacity.id if capacity else None,
        because=reason.because,
        word=reason.word,
        revision=1,
        idempotency_key=key,
        written_at=clock.now(),
        reason="",
    )
    try:
        with db.session.begin_nested():
            db.session.add(held)
            db.session.flush()
    except IntegrityError as error:  # the same form, sent at the same moment for another place
        raise Conflict(_("You sent this form before, with something else in it.")) from error
    return held
