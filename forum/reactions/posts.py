"""From what happens in threads to who is told of it: whom it is addressed to, and who follows."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from forum.domain.digests import precedence, subscriptions
from forum.domain.mailing import events, unread_notices
from forum.domain.mailing.notices import Subject
from forum.domain.threads import following
from forum.domain.threads.following import Reached
from forum.infra.db import db
from forum.models.events import Event
from forum.models.subscriptions import Delivery
from forum.models.themes import ThreadTag
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.reactions import told

AT_ONCE = 500  # members told together; of a post, the others by an event that goes on


def created(event: Event) -> None:
    """Let its author follow the thread, and tell whom the post mentions or answers, and who follows the thread."""
    found = _standing(event)
    if found is None:
        return
    post, thread = found
    following.begin(post.author_id, thread.id)
    after_id = event.payload.get("after_id", 0)
    reached = following.told_of_post(thread, post, after_id=after_id, limit=AT_ONCE)
    _tell(event, thread, post, reached)
    if not reached:
        return
    unread_notices.read_before(reached, post)
    if len(reached) == AT_ONCE:
        root = event.payload.get("event_id", event.id)
        events.record("post.created", post_id=post.id, after_id=max(reached), event_id=root)


def edited(event: Event) -> None:
    """Tell whom the post mentions now, and did not address before."""
    found = _standing(event)
    if found is None:
        return
    post, thread = found
    _tell(event, thread, post, following.told_of_change(thread, post, event.payload["revision"]))


def hidden(event: Event) -> None:
    """Tell its author why a post, or an earlier version of it, is hidden, once it can no longer be undone."""
    post, act = db.session.get(Post, event.payload["post_id"]), told.act_of(event)
    if post is not None and act is not None:
        kind = event.name.replace(".", "_")
        keys = {post.author_id: f"{kind}.{event.id}"}
        told.write_letters(event, kind, keys, {"post_id": post.id, "act_id": act.id}, act=act)
        kinds = dict.fromkeys(told.readers(post, [post.author_id]), kind)
        told.tell(event, kinds, _about(post), actor_id=act.actor_id, act=act)


def restored(event: Event) -> None:
    """Tell its author."""
    post = db.session.get(Post, event.payload["post_id"])
    if post is not None and post.deleted_at is None:
        kinds = dict.fromkeys(told.readers(post, [post.author_id]), "post_restored")
        told.tell(event, kinds, _about(post), actor_id=event.payload["actor_id"])


def thread_changed(event: Event) -> None:
    """Tell who started the thread and who follows it that it was closed, opened again or moved."""
    thread = db.session.get(Thread, event.payload["thread_id"], populate_existing=True)
    if thread is not None and thread.withdrawn_at is None:
        actor_id = event.payload["actor_id"]
        _tell_followers(event, event.name.replace(".", "_"), thread, actor_id=actor_id)


def thread_closed(event: Event) -> None:
    """Tell them that it was closed, once that can no longer be undone."""
    if "act_id" in event.payload:
        _tell_later(event)
    else:  # of before it waited for that
        thread_changed(event)


def thread_moved(event: Event) -> None:
    """Tell the same of a move; of one by a moderator once nobody can undo it, and the moderators over there as well."""
    if "act_id" not in event.payload:
        thread_changed(event)
        return
    thread = db.session.get(Thread, event.payload["thread_id"], populate_existing=True)
    act = told.act_of(event)
    if thread is not None and act is not None and thread.withdrawn_at is None:
        _tell_followers(event, "thread_moved", thread, actor_id=act.actor_id, act=act)
        followers = set(following.told_of_thread(thread, actor_id=act.actor_id))
        there = [one for one in told.moderators(thread.space_id) if one not in followers]
        kinds = dict.fromkeys(told.readers(thread, there), "thread_came")
        told.tell(event, kinds, Subject(thread_id=thread.id), actor_id=act.actor_id, act=act)


def thread_narrowed(event: Event) -> None:
    """Tell those of them who can still read it, once it can no longer be undone.

    Whose posts came there by the same merge hear of that (`regrouping.moved`), and once is enough.
    """
    act = told.act_of(event)
    came = act.before["posts"] if act is not None and act.kind == UndoKind.MERGE else []
    wrote = select(Post.author_id).where(Post.id.in_([post_id for post_id, _old, _new in came]))
    _tell_later(event, without=frozenset(db.session.scalars(wrote)) if came else frozenset())


def thread_put_away(event: Event) -> None:
    """Tell them that it was archived, or came out of the archive, once that can no longer be undone."""
    _tell_later(event)


def _tell_later(event: Event, *, without: Collection[int] = ()) -> None:
    thread = db.session.get(Thread, event.payload["thread_id"], populate_existing=True)
    act = told.act_of(event)
    if thread is not None and act is not None and thread.withdrawn_at is None:
        kind = event.name.replace(".", "_")
        _tell_followers(event, kind, thread, actor_id=act.actor_id, act=act, without=without)


def _tell(event: Event, thread: Thread, post: Post, reached: Mapping[int, Reached]) -> None:
    """Tell each of them once: as what is strongest, by mail as the strongest that they did not stop."""
    if reached:
        told.tell(
            event,
            {member_id: one.reasons[0] for member_id, one in reached.items()},
            _about(post),
            actor_id=post.author_id,
            reasons={member_id: one.reasons for member_id, one in reached.items()},
            subscribed=_subscribed(thread, reached),
        )


def _tell_followers(
    event: Event,
    kind: str,
    thread: Thread,
    *,
    actor_id: int,
    act: UndoableAct | None = None,
    without: Collection[int] = (),
) -> None:
    followers = following.told_of_thread(thread, actor_id=actor_id)
    members = [member_id for member_id in followers if member_id not in without]
    # No database takes a statement about ten thousand members at once.
    for start in range(0, len(members), AT_ONCE):
        kinds = dict.fromkeys(members[start : start + AT_ONCE], kind)
        told.tell(event, kinds, Subject(thread_id=thread.id), actor_id=actor_id, act=act)


def _about(post: Post) -> Subject:
    return Subject(thread_id=post.thread_id, post_id=post.id)


def _standing(event: Event) -> tuple[Post, Thread] | None:
    """The post and its thread as they are now, unless one of them was hidden or taken back since."""
    post = db.session.get(Post, event.payload["post_id"], populate_existing=True)
    if post is None or post.hidden_at is not None or post.deleted_at is not None:
        return None
    thread = db.session.get_one(Thread, post.thread_id, populate_existing=True)
    return (post, thread) if thread.hidden_at is None and thread.withdrawn_at is None else None


def _subscribed(thread: Thread, reached: Mapping[int, Reached]) -> dict[int, Delivery]:
    """What the subscriptions of these members say of a thread, of those who have any that is about it."""
    tag_ids = db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)).all()
    facts = precedence.ThreadFacts(thread.id, thread.space_id, thread.axis, tag_ids)
    chosen = {
        member_id: precedence.chosen(preferences, facts, follows=reached[member_id].chose_thread)
        for member_id, preferences in subscriptions.preferences_of_many(list(reached)).items()
    }
    return {member_id: delivery for member_id, delivery in chosen.items() if delivery is not None}
