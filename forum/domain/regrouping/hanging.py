"""What hangs on posts and threads, and goes along when posts move: notices, drafts, follows, held replies, lessons."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from forum.domain.regrouping import beside
from forum.infra.db import db
from forum.infra.paging import id_of
from forum.infra.rows import insert_new
from forum.models.claims import Claim, Excerpt
from forum.models.drafts import Draft
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.held import HeldPost
from forum.models.lessons import LessonSource, LessonVersion
from forum.models.nominations import Nomination
from forum.models.notifications import Notification
from forum.models.subscriptions import Subscription
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct

# By table, the ids of rows that went with the thread and not with one of its posts; and what `beside` keeps.
Hanging = dict[str, Any]
REPLY, OF_THREAD = "reply", ("reply", "summary")  # the forms of drafts, as in `domain/draft_places.py`


def carry(
    source: Thread, target: Thread, numbers: Mapping[int, int], post_ids: Sequence[int], *, whole: bool
) -> Hanging:
    """Let go along what hangs on these posts, which stand in the target already, or on the whole thread.

    Return what `take_back` has to take back.
    """
    carry_with_posts(source, target, numbers, post_ids)
    went = {
        "followers": _follow(source, target, whole=whole),
        "subscribers": _subscribe(source, target, whole=whole),
    }
    if whole:
        went |= {
            "lessons": _carry_lessons(source, target),
            "held": _carry_all(HeldPost, HeldPost.thread_id, source, target),
            "drafts": _carry_all(Draft, Draft.subject_id, source, target, Draft.form.in_(OF_THREAD)),
            "nominations": _carry_nominations(source, target),
            **beside.carry(source, target, numbers),
        }
    return went


def carry_with_posts(
    source: Thread, target: Thread, numbers: Mapping[int, int], post_ids: Sequence[int]
) -> None:
    """Let go along what hangs on these posts alone."""
    _hold_notices(source, post_ids)
    told = update(Notification).where(Notification.post_id.in_(post_ids))
    db.session.execute(told.where(Notification.thread_id.is_not(None)).values(thread_id=target.id))
    acts = update(UndoableAct).where(UndoableAct.post_id.in_(post_ids), UndoableAct.undone_at.is_(None))
    db.session.execute(acts.where(UndoableAct.thread_id.is_not(None)).values(thread_id=target.id))
    # A reply that waits for a moderator appears where the post stands that it answers.
    waits = update(HeldPost).where(HeldPost.thread_id == source.id, HeldPost.answers_id.in_(post_ids))
    db.session.execute(waits.values(thread_id=target.id))
    _carry_answers(source, target, numbers)
    rests = [{"lesson_id": each, "thread_id": target.id} for each in db.session.scalars(_quoting(post_ids))]
    insert_new(LessonSource, rests)


def _hold_notices(source: Thread, post_ids: Sequence[int]) -> None:
    """Hold all that anybody was told of these posts and of what is said beside them, in one order.

    So does who reads it at this moment: neither waits for the other.
    """
    beside_posts = and_(Notification.thread_id == source.id, Notification.kind.in_(beside.NOTICES))
    about = or_(Notification.post_id.in_(post_ids), beside_posts)
    db.session.execute(select(Notification.id).where(about).order_by(Notification.id).with_for_update()).all()


def take_back(source: Thread, target: Thread, went: Hanging) -> None:
    """Take back what `carry` let go besides the posts, which stand in the source again, as far as it is there."""
    its: Any
    for its, key in ((ThreadFollow, "followers"), (Subscription, "subscribers")):
        db.session.execute(delete(its).where(its.thread_id == target.id, its.member_id.in_(went[key])))
    _take_back_lessons(source, target, went["lessons"])
    beside.take_back(source, target, went)
    for its, key, column in (
        (HeldPost, "held", HeldPost.thread_id),
        (Nomination, "nominations", Nomination.thread_id),
        (Draft, "drafts", Draft.subject_id),
    ):
        rows = update(its).where(column == target.id, its.id.in_(went[key]))
        db.session.execute(rows.values({column.key: source.id}))


def _quoting(post_ids: Any) -> Any:
    """Select the lessons that quote these posts, in whatever version."""
    return (
        select(LessonVersion.lesson_id)
        .join(Claim, Claim.version_id == LessonVersion.id)
        .join(Excerpt, Excerpt.claim_id == Claim.id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .where(PostRevision.post_id.in_(post_ids))
        .distinct()
    )


def _carry_lessons(source: Thread, target: Thread) -> list[int]:
    """A lesson that was made from a thread rests on the one in which all its posts stand now; return which."""
    gone = delete(LessonSource).where(LessonSource.thread_id == source.id).returning(LessonSource.lesson_id)
    ids = list(db.session.scalars(gone))
    insert_new(LessonSource, [{"lesson_id": each, "thread_id": target.id} for each in ids])
    return ids


def _take_back_lessons(source: Thread, target: Thread, lesson_ids: Sequence[int]) -> None:
    """Let these lessons rest on the source again, and on the target as long as they quote what stands there."""
    there = _quoting(select(Post.id).where(Post.thread_id == target.id))
    began = select(LessonSource.lesson_id).where(LessonSource.thread_id == target.id)
    left = set(db.session.scalars(there.where(LessonVersion.lesson_id.in_(lesson_ids))))
    insert_new(LessonSource, [{"lesson_id": each, "thread_id": source.id} for each in lesson_ids])
    gone = [each for each in db.session.scalars(began) if each in lesson_ids and each not in left]
    its = (LessonSource.thread_id == target.id, LessonSource.lesson_id.in_(gone))
    db.session.execute(delete(LessonSource).where(*its))


def _follow(source: Thread, target: Thread, *, whole: bool) -> list[int]:
    """Who followed the one follows the other, unless they chose there; who muted one thread did not mute the other."""
    query = select(ThreadFollow).where(ThreadFollow.thread_id == source.id)
    if whole:
        query = query.where(ThreadFollow.level != FollowLevel.NOTHING)
    rows = [
        {"member_id": each.member_id, "thread_id": target.id, "level": each.level, "chosen": each.chosen,
         "changed_at": each.changed_at}
        for each in db.session.scalars(query)
    ]  # fmt: skip
    return [row.member_id for row in insert_new(ThreadFollow, rows, ThreadFollow.member_id)]


def _subscribe(source: Thread, target: Thread, *, whole: bool) -> list[int]:
    query = select(Subscription).where(Subscription.thread_id == source.id)
    rows = [
        {"member_id": each.member_id, "thread_id": target.id, "delivery": each.delivery}
        for each in db.session.scalars(query)
        if not whole or each.delivery.value != "nothing"
    ]
    return [row.member_id for row in insert_new(Subscription, rows, Subscription.member_id)]


def _carry_all(model: Any, column: Any, source: Thread, target: Thread, *which: Any) -> list[int]:
    """Let all rows of a table about the source be about the target; return their ids."""
    there = (column == source.id, *which)
    ids = list(db.session.scalars(select(model.id).where(*there)))
    db.session.execute(update(model).where(*there).values({column.key: target.id}))
    return ids


def _carry_answers(source: Thread, target: Thread, numbers: Mapping[int, int]) -> None:
    """A reply that somebody began stays with the post that it answers."""
    query = select(Draft).where(Draft.form == REPLY, Draft.subject_id == source.id, Draft.sent_at.is_(None))
    for draft in db.session.scalars(query):
        number = numbers.get(id_of(str(draft.fields.get("answers") or "")))
        if number is not None:
            draft.fields, draft.subject_id = {**draft.fields, "answers": str(number)}, target.id
    db.session.flush()


def _carry_nominations(source: Thread, target: Thread) -> list[int]:
    """That there is a lesson in it is said of the thread in which all posts stand now, by each once."""
    said = select(Nomination.member_id).where(
        Nomination.thread_id == target.id, Nomination.ended_at.is_(None)
    )
    open_ = (Nomination.thread_id == source.id, Nomination.ended_at.is_(None))
    ids = list(db.session.scalars(select(Nomination.id).where(*open_, Nomination.member_id.not_in(said))))
    db.session.execute(update(Nomination).where(Nomination.id.in_(ids)).values(thread_id=target.id))
    return ids
