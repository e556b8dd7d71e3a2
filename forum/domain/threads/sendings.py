"""What one sending of a form stands for: sent again it leads to the same place, and whatever differs is asked about.

The key of a form stands for the words that came with it. The same words under another key, in the same place and within
a day, are what a browser sends after "back": the same sending, unless something happened in between.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from forum.domain.themes import tags as tagging
from forum.domain.threads import moved, post_store
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.classification import Part, ThreadChange
from forum.models.drafts import Draft
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostKind, PostRevision, Thread
from forum.policy.actions import Answer, may_edit, may_reply
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound
from forum.policy.visibility import get_visible

WITHIN = timedelta(days=1)
AMONG = 100  # the last numbers of a thread: further up nobody looks whether words stand there already


class SentBefore(Conflict):
    """This form was sent before with other words, or, with `same_words`, these words stand in this place already.

    `post_id` is the post that stands. Nothing was written: whoever sent it is to be asked what they mean.
    """

    def __init__(self, post_id: int, *, same_words: bool) -> None:
        super().__init__(
            _("This text is already posted here.")
            if same_words
            else _("You sent this form before, with something else in it.")
        )
        self.post_id = post_id
        self.same_words = same_words


@dataclass(frozen=True, slots=True)
class Story:
    """What a form for a story stands for, in the shape in which it is kept."""

    space_id: int
    title: str
    body: str
    need: Need
    axis: Axis | None
    audience: Audience
    tags: tuple[tagging.TagName, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands already, for the page that asks; no words of a post that nobody can read now."""

    post_id: int
    number: int
    thread_id: int
    slug: str
    thread_title: str
    title: str
    body: str
    kind: PostKind | None
    need: Need
    axis: Axis | None
    audience: Audience
    tags: tuple[str, ...]
    revision: int
    may_replace: Answer


def clean_key(value: str | None) -> str:
    """Return the key of one sending of one form; a form without one counts as sent for the first time."""
    return value if value and len(value) <= 36 else str(uuid.uuid4())


def was_accepted(actor: Actor, key: str | None) -> bool:
    """Return whether a form with this key was accepted: its mark is there, so sent again it leaves no other row."""
    mark = exists().where(
        Draft.member_id == actor.id, Draft.idempotency_key == key, Draft.sent_at.is_not(None)
    )
    return bool(key and db.session.scalar(select(mark)))


def reply_under(actor: Actor, thread_id: int, key: str, *, body: str, kind: PostKind | None) -> Post | None:
    """Return the reply that this sending made, None for a new key; SentBefore when it stood for something else."""
    query = select(Post).where(Post.author_id == actor.id, Post.idempotency_key == key)
    post = db.session.scalars(query.options(joinedload(Post.thread))).one_or_none()
    if post is None:
        return None
    if (post.thread_id, post.kind) == (thread_id, kind) and _had_words(post, body):
        return post
    raise SentBefore(post.id, same_words=False)


def reply_again(actor: Actor, thread: Thread, *, body: str, kind: PostKind | None) -> Post | None:
    """Return the actor's last post in a thread when it says just this; SentBefore when anything came in between."""
    query = select(Post).where(
        Post.thread_id == thread.id,
        Post.number > max(1, thread.last_number - AMONG),
        Post.author_id == actor.id,
        Post.created_at > clock.now() - WITHIN,
        Post.deleted_at.is_(None),
        Post.hidden_at.is_(None),
        exists().where(PostRevision.post_id == Post.id, PostRevision.body == body),
    )
    query = query.options(joinedload(Post.thread)).order_by(Post.number.desc()).limit(1)
    post = db.session.scalars(query).one_or_none()
    if post is None:
        return None
    if (post.number, post.kind) == (thread.last_number, kind) and _words(post) == ("", body):
        return post
    raise SentBefore(post.id, same_words=True)


def story_under(actor: Actor, key: str, story: Story) -> Thread | None:
    """Return the thread that this sending made, None for a new key; SentBefore when it stood for something else."""
    query = select(Thread).where(Thread.author_id == actor.id, Thread.idempotency_key == key)
    thread = db.session.scalars(query).one_or_none()
    if thread is None:
        return None
    if thread.merged_at is not None:
        raise SentBefore(moved.first_of(thread.id), same_words=True)
    post = _opening(thread)
    if _had_words(post, story.body, story.title) and _was(thread, story):
        return thread
    raise SentBefore(post.id, same_words=False)


def story_again(actor: Actor, story: Story) -> Thread | None:
    """Return the actor's thread that says just this; SentBefore when it was answered, or anything else differs."""
    since = clock.now() - WITHIN
    told = exists().where(
        PostRevision.post_id == Post.id,
        PostRevision.body == story.body,
        PostRevision.title == story.title,
    )
    query = (
        select(Thread, Post)
        .join(Post, (Post.thread_id == Thread.id) & (Post.number == 1))
        .where(
            Thread.space_id == story.space_id,
            Thread.last_post_at > since,  # its index leads to the few threads of this day
            Thread.author_id == actor.id,
            Thread.created_at > since,
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
            told,
        )
        .order_by(Thread.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    thread, post = row
    if thread.last_number == 1 and _words(post) == (story.title, story.body) and _was(thread, story):
        return thread  # type: ignore[no-any-return]  # of a row of two entities
    raise SentBefore(post.id, same_words=True)


def standing(actor: Actor, post_id: int) -> Standing:
    """Return what stands already of the actor's own; NotFound when they cannot see the place any more."""
    post: Post = get_visible(Post, actor, post_id)
    thread: Thread = get_visible(Thread, actor, post.thread_id)
    if post.author_id != actor.id:
        raise NotFound
    is_read = post.hidden_at is None and post.deleted_at is None
    title, body = _words(post) if is_read else ("", "")
    return Standing(
        post_id=post.id,
        number=post.number,
        thread_id=thread.id,
        slug=thread.slug,
        thread_title=thread.title,
        title=title,
        body=body,
        kind=post.kind,
        need=thread.need,
        axis=thread.axis,
        audience=thread.audience,
        tags=tuple(tag.name for tag in tagging.of_thread(thread.id)),
        revision=post.revision,
        may_replace=may_edit(actor, post, thread),
    )


def may_reply_in(actor: Actor, thread_id: int) -> Answer:
    """Return whether the actor may reply in a thread at this moment; NotFound."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    return may_reply(actor, thread)


def _opening(thread: Thread) -> Post:
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def _words(post: Post) -> tuple[str, str]:
    revision = post_store.latest_revision(post)
    return revision.title, revision.body


def _had_words(post: Post, body: str, title: str = "") -> bool:
    """Whether a post says this, or said it when it was sent."""
    query = select(PostRevision.title, PostRevision.body).where(
        PostRevision.post_id == post.id, PostRevision.number.in_({1, post.revision})
    )
    return (title, body) in {tuple(row) for row in db.session.execute(query)}


def _was(thread: Thread, story: Story) -> bool:
    """Whether a thread is about what the story says and stands where it says, or did when it was sent."""
    first: dict[Part, str] = {}
    query = select(ThreadChange.part, ThreadChange.before).where(ThreadChange.thread_id == thread.id)
    for part, before in db.session.execute(query.order_by(ThreadChange.id)):
        first.setdefault(part, before)
    tags = {tag.slug for tag in story.tags}
    axis, axis_now = story.axis or "", thread.axis or ""  # as a change has them
    return (
        str(story.space_id) in {str(thread.space_id), first.get(Part.SPACE)}
        and story.need.value in {thread.need.value, first.get(Part.NEED)}
        and axis in {axis_now, first.get(Part.AXIS)}
        and (tags == _slugs(thread) or (Part.TAGS in first and tags == _slugs_in(first[Part.TAGS])))
        and (story.audience == thread.audience or _changed_readers(thread))
    )


def _slugs(thread: Thread) -> set[str]:
    return {tag.slug for tag in tagging.of_thread(thread.id)}


def _slugs_in(line: str) -> set[str]:
    return {tag.slug for tag in tagging.clean(tagging.split(line))}


def _changed_readers(thread: Thread) -> bool:
    """Whether the readers of a thread were chosen anew since: then its first ones are known no more."""
    changes = (Action.NARROW, Action.WIDEN, Action.MOVE)
    # A line of posts that came along is of their readers, not of those of the thread.
    of_whole = (ModerationAction.thread_id == thread.id, ModerationAction.post_number.is_(None))
    line = exists().where(*of_whole, ModerationAction.action.in_(changes))
    return bool(db.session.scalar(select(line)))
