"""Threads: begun by somebody who belongs to a space, answered by whoever may read them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from forum.domain.people import capacities
from forum.domain.themes import tags as tagging
from forum.domain.threads import post_store
from forum.infra import clock, days, rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post, PostKind, Thread
from forum.policy.actions import may_moderate, may_reply, may_start, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import get_visible

MOST_STARTS = "30 per hour"
MOST_REPLIES = "120 per hour"


def start(
    actor: Actor,
    space_id: int,
    *,
    title: str,
    body: str,
    need: Need,
    axis: Axis,
    audience: Audience,
    tags: Sequence[str] = (),
    idempotency_key: str,
    kind: PostKind | None = None,
    outcome: Outcome | None = None,
    rendered: str | None = None,
) -> Thread:
    """Begin a thread in a space; the same `idempotency_key` again returns the thread that is there already.

    `rendered` is what `post_store.render_body` made of the body, where that was done before anything was locked.
    NotFound, Forbidden, Invalid at `title`, `body`, `tags` or `audience`, TooOften.
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    space: Space = get_visible(Space, actor, space_id)
    require(may_start(actor, space))
    idempotency_key = _clean_key(idempotency_key)
    earlier = _started(actor, idempotency_key)
    if earlier is not None:
        return earlier
    title = post_store.clean_title(title)
    names = tagging.clean(tags)
    audience = Audience(audience)
    if audience.rank > space.widest_audience.rank:
        raise Invalid("audience", _("Threads in this space cannot have that many readers."))
    rates.spend("thread", f"member:{actor.id}", limit=MOST_STARTS)
    thread = Thread(
        space_id=space.id,
        title=title,
        slug=text.slug(title),
        need=Need(need),
        axis=Axis(axis),
        audience=audience,
        outcome=outcome,
        summary=text.summary(text.plain(html)),
        idempotency_key=idempotency_key,
    )
    return _open(actor, thread, body=body, html=html, kind=kind, tags=names)


def reply(
    actor: Actor,
    thread_id: int,
    *,
    body: str,
    kind: PostKind | None = None,
    idempotency_key: str,
    rendered: str | None = None,
) -> Post:
    """Answer in a thread; the same `idempotency_key` again returns the post that is there already.

    `rendered` as in `start`.
    NotFound, Forbidden, Invalid at `body`, TooOften.
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    thread = post_store.locked_thread(actor, thread_id)
    require(may_reply(actor, thread))
    idempotency_key = _clean_key(idempotency_key)
    earlier = _replied(actor, idempotency_key)
    if earlier is not None:
        return earlier
    if kind == PostKind.MODERATION:
        require(may_moderate(actor, thread.space_id))
    rates.spend("reply", f"member:{actor.id}", limit=MOST_REPLIES)
    return _answer(actor, thread, body=body, html=html, kind=kind, idempotency_key=idempotency_key)


def _open(
    actor: Actor,
    thread: Thread,
    *,
    body: str,
    html: str,
    kind: PostKind | None,
    tags: Sequence[tagging.TagName],
) -> Thread:
    """Write a new thread with its first post, or return the one that the same form made a moment ago."""
    thread.author_id, thread.cities, thread.post_count, thread.last_number = actor.id, [], 0, 0
    thread.created_at = thread.last_post_at = clock.now()
    try:
        with db.session.begin_nested():
            db.session.add(thread)
            db.session.flush()
            post_key = str(uuid.uuid4())
            _add_post(
                actor, thread, body=body, html=html, title=thread.title, kind=kind, idempotency_key=post_key
            )
            tagging.put(thread.id, tags)
    except IntegrityError:  # sent twice at the same moment, and the other one was first
        earlier = _started(actor, thread.idempotency_key)
        if earlier is None:
            raise
        return earlier
    return thread


def _answer(
    actor: Actor, thread: Thread, *, body: str, html: str, kind: PostKind | None, idempotency_key: str
) -> Post:
    """Write a reply, or return the one that the same form made a moment ago in another thread."""
    try:
        with db.session.begin_nested():
            return _add_post(
                actor, thread, body=body, html=html, title="", kind=kind, idempotency_key=idempotency_key
            )
    except IntegrityError:
        earlier = _replied(actor, idempotency_key)
        if earlier is None:
            raise
        return earlier


def _add_post(
    actor: Actor,
    thread: Thread,
    *,
    body: str,
    html: str,
    title: str,
    kind: PostKind | None,
    idempotency_key: str,
) -> Post:
    now = clock.now()
    capacity = capacities.current(actor.id, days.today(actor.timezone))
    thread.last_number += 1
    post = Post(
        thread=thread,
        number=thread.last_number,
        author_id=actor.id,
        capacity_id=capacity.id if capacity else None,
        kind=PostKind(kind) if kind else None,
        html=html,
        render_version=text.RENDER_VERSION,
        revision=1,
        created_at=now,
        idempotency_key=idempotency_key,
    )
    thread.last_post_at = now
    db.session.add(post)
    db.session.flush()
    post_store.add_revision(post, body, html, title=title, editor_id=actor.id, at=now)
    post_store.recount(thread)
    return post


def _replied(actor: Actor, idempotency_key: str) -> Post | None:
    query = select(Post).where(Post.author_id == actor.id, Post.idempotency_key == idempotency_key)
    return db.session.scalars(query.options(joinedload(Post.thread))).one_or_none()


def _started(actor: Actor, idempotency_key: str) -> Thread | None:
    query = select(Thread).where(Thread.author_id == actor.id, Thread.idempotency_key == idempotency_key)
    return db.session.scalars(query).one_or_none()


def _clean_key(value: str) -> str:
    """The key of one sending of one form; a form without one counts as sent for the first time."""
    return value if 0 < len(value) <= 36 else str(uuid.uuid4())
