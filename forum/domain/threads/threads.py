"""Threads: begun by somebody who belongs to a space, answered by whoever may read them."""

import uuid
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.domain.mailing import events
from forum.domain.people import accounts, capacities
from forum.domain.themes import tags as tagging
from forum.domain.threads import answers as reply_to
from forum.domain.threads import mentions, post_store, quotes, sendings
from forum.infra import clock, days, rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Level
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post, PostKind, Thread
from forum.policy.actions import may_moderate, may_reply, may_start, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import get_visible

MOST_STARTS = "30 per hour"
MOST_REPLIES = "120 per hour"


class Speaking(Protocol):
    """A capacity in which somebody writes, of a query or as a row."""

    @property
    def id(self) -> int: ...

    @property
    def level(self) -> Level: ...


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
    kind: PostKind | None = None,
    outcome: Outcome | None = None,
    rendered: str | None = None,
    once_more: bool = False,
) -> Thread:
    """Begin a thread in a space; the same sending again returns the thread that is there already (`sendings.py`).

    Sent again under the same key it does not count towards the limit, under another one it does. Without an axis the
    thread waits until somebody chooses one (`without_axis.py`). `rendered` is what `post_store.render_body` made of the
    body, where that was done before anything was locked. With `once_more` the same story is told anew under a new key.
    NotFound, Forbidden, Invalid at `title`, `body`, `tags` or `audience`, SentBefore, TooOften.
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    space: Space = get_visible(Space, actor, space_id)
    idempotency_key = sendings.clean_key(idempotency_key)
    title, names, audience = post_store.clean_title(title), tagging.clean(tags), Audience(audience)
    axis = Axis(axis) if axis else None
    story = sendings.Story(space.id, title, text.typed(body), Need(need), axis, audience, tuple(names))
    accounts.one_at_a_time(actor)
    if earlier := sendings.story_under(actor, idempotency_key, story):
        return earlier
    stands = None if once_more else sendings.story_again(actor, story)
    if stands is None:
        require(may_start(actor, space))
        if audience.rank > space.widest_audience.rank:
            raise Invalid("audience", _("Threads in this space cannot have that many readers."))
    rates.spend("thread", f"member:{actor.id}", limit=MOST_STARTS)
    if stands is not None:
        return stands
    thread = Thread(space_id=space.id, outcome=outcome, idempotency_key=idempotency_key)
    return _open(actor, thread, story=story, html=html, kind=kind, capacity=_spoken_in(actor))


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
) -> Post:
    """Answer in a thread; the same sending again returns the post that is there already, also in a closed thread.

    What counts, `rendered` and `once_more` as in `start`. `answers` is the number of the post that it is about; a
    number that no post of the thread has is none.
    NotFound, Forbidden, Invalid at `body`, SentBefore, TooOften.
    """
    html = post_store.render_body(actor, body) if rendered is None else rendered
    body, kind = text.typed(body), PostKind(kind) if kind else None
    thread = post_store.locked_thread(actor, thread_id)
    idempotency_key = sendings.clean_key(idempotency_key)
    if earlier := sendings.reply_under(actor, thread.id, idempotency_key, body=body, kind=kind):
        return earlier
    stands = None if once_more else sendings.reply_again(actor, thread, body=body, kind=kind)
    if stands is None:
        require(may_reply(actor, thread))
        if kind == PostKind.MODERATION:
            require(may_moderate(actor, thread.space_id))
    rates.spend("reply", f"member:{actor.id}", limit=MOST_REPLIES)
    if stands is not None:
        return stands
    capacity = _spoken_in(actor)
    post = _answer(
        actor, thread, body=body, html=html, kind=kind, idempotency_key=idempotency_key, capacity=capacity
    )
    reply_to.keep(post, answers)
    return post


def start_approved(
    author: Actor, story: sendings.Story, html: str, *, capacity: Speaking | None, idempotency_key: str
) -> Thread:
    """Begin the thread that waited for a moderator, as its author, at this moment, in the capacity of then.

    It was counted when it was sent. Whoever calls this locked the author, and asked whether they still may.
    """
    thread = Thread(space_id=story.space_id, outcome=None, idempotency_key=idempotency_key)
    return _open(author, thread, story=story, html=html, kind=None, capacity=capacity)


def reply_approved(
    author: Actor,
    thread: Thread,
    *,
    body: str,
    html: str,
    kind: PostKind | None,
    answers_id: int | None,
    capacity: Speaking | None,
    idempotency_key: str,
) -> Post:
    """Write the reply that waited for a moderator; as `start_approved`, in a thread that is locked."""
    post = _answer(
        author, thread, body=body, html=html, kind=kind, idempotency_key=idempotency_key, capacity=capacity
    )
    if answers_id is not None:
        about = select(Post.id).where(Post.thread_id == thread.id, Post.id == answers_id)
        post.answers_id = db.session.scalar(about)  # it may stand in another thread by now
    return post


def _spoken_in(actor: Actor) -> Speaking | None:
    """The capacity in which the actor speaks today."""
    return capacities.current(actor.id, days.today(actor.timezone))


def _open(
    actor: Actor,
    thread: Thread,
    *,
    story: sendings.Story,
    html: str,
    kind: PostKind | None,
    capacity: Speaking | None,
) -> Thread:
    """Write a new thread with its first post, or return the one that the same form made a moment ago."""
    thread.author_id, thread.cities, thread.post_count, thread.last_number = actor.id, [], 0, 0
    thread.created_at = thread.last_post_at = clock.now()
    thread.title, thread.need, thread.axis = story.title, story.need, story.axis
    thread.audience = story.audience
    thread.slug, thread.summary = text.slug(story.title), text.summary(text.plain(html))
    try:
        with db.session.begin_nested():
            db.session.add(thread)
            db.session.flush()
            post_key = str(uuid.uuid4())
            _add_post(
                actor,
                thread,
                body=story.body,
                html=html,
                title=story.title,
                kind=kind,
                idempotency_key=post_key,
                capacity=capacity,
            )
            tagging.put(thread.id, story.tags)
    except IntegrityError:  # sent twice at the same moment, and the other one was first
        earlier = sendings.story_under(actor, thread.idempotency_key, story)
        if earlier is None:
            raise
        return earlier
    return thread


def _answer(
    actor: Actor,
    thread: Thread,
    *,
    body: str,
    html: str,
    kind: PostKind | None,
    idempotency_key: str,
    capacity: Speaking | None,
) -> Post:
    """Write a reply; SentBefore when the same form was sent in another thread a moment ago."""
    try:
        with db.session.begin_nested():
            return _add_post(
                actor,
                thread,
                body=body,
                html=html,
                title="",
                kind=kind,
                idempotency_key=idempotency_key,
                capacity=capacity,
            )
    except IntegrityError:
        earlier = sendings.reply_under(actor, thread.id, idempotency_key, body=body, kind=kind)
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
    capacity: Speaking | None,
) -> Post:
    now = clock.now()
    thread.last_number += 1
    post = Post(
        thread=thread,
        number=thread.last_number,
        author_id=actor.id,
        capacity_id=capacity.id if capacity else None,
        kind=kind,
        html=html,
        render_version=text.RENDER_VERSION,
        revision=1,
        created_at=now,
        idempotency_key=idempotency_key,
    )
    thread.last_post_at = now
    if post.number == 1:
        thread.told_by_field = capacity is not None and capacity.level == Level.FIELD
    db.session.add(post)
    db.session.flush()
    post_store.add_revision(post, body, html, title=title, editor_id=actor.id, at=now)
    mentions.write(post, html)
    quotes.write(post, html)
    post_store.recount(thread)
    events.record("post.created", post_id=post.id)
    return post
