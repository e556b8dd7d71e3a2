"""Tags that mean the same are made one, or one is spelt otherwise, by editors of the network; undone in ten minutes.

Threads, versions of lessons and what members offer go over to the other tag, with what was chosen about it for mail.
Versions keep the spelling that they show: what was published is never changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from forum.domain.audit.undoable import WINDOW
from forum.domain.moderation import tag_locks
from forum.domain.people import offered_tags
from forum.domain.themes import tags
from forum.domain.threads import tag_list
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.subscriptions import STRONGEST, Delivery, Subscription
from forum.models.themes import LessonTag, Tag, TagMerge, ThreadTag
from forum.policy.actions import may_edit_network, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound

AT_ONCE = 500  # numbers in one statement


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge in the list of the latest ones; `is_open`: the one who reads did it, and can undo it now."""

    id: int
    old_name: str
    new_name: str
    editor_name: str
    merged_at: datetime
    undone: bool
    is_open: bool


def latest(actor: Actor, limit: int = 20) -> list[MergeLine]:
    """Return the latest merges, for editors; Forbidden."""
    require(may_edit_network(actor))
    query = (
        select(TagMerge, Member.name, _untouched().label("untouched"))
        .join(Member, Member.id == TagMerge.editor_id)
        .order_by(TagMerge.id.desc())
        .limit(limit)
    )
    return [
        MergeLine(
            each.id,
            each.old_name,
            each.new_name,
            name,
            each.merged_at,
            each.undone_at is not None,
            each.editor_id == actor.id and untouched and _is_open(each),
        )
        for each, name, untouched in db.session.execute(query)
    ]


def wanted(
    actor: Actor, slug: str, name: str
) -> tuple[tag_list.ListedTag, tags.TagName, tag_list.ListedTag | None]:
    """Return a tag, the name that it would get, and the tag with that address, or what that was merged into.

    That last one gets the name too, and is None where no thread that all members read has it. NotFound, Forbidden;
    Invalid at `into`.
    """
    tag, into = tag_list.one(actor, slug), tags.clean_one(name, field="into")
    if into.name == tag.name:
        raise Invalid("into", _("That is how it is spelt now."))
    if into.slug == tag.slug:
        return tag, into, None
    try:
        return tag, into, tag_list.one(actor, tag_list.moved(actor, [into.slug]).get(into.slug, into.slug))
    except NotFound:  # not used, or where not all members read it
        return tag, into, None


def merge(actor: Actor, slug: str, name: str) -> TagMerge:
    """Make a tag the one called `name`, on every thread and lesson; the same address is only another spelling.

    NotFound, Forbidden; Invalid at `into`.
    """
    listed, into, _other = wanted(actor, slug, name)
    tag, target = tag_locks.for_merge(listed.id, into)
    if tag.merged_into_id is not None:
        raise NotFound
    before: dict[str, Any] = {"label": target.label}
    if target.id != tag.id:
        before |= _move(tag.id, target.id)
        tag.merged_into_id = target.id
    target.label = into.name
    done = TagMerge(
        tag_id=tag.id,
        into_id=target.id,
        old_name=listed.name,
        new_name=into.name,
        editor_id=actor.id,
        merged_at=clock.now(),
        before=before,
    )
    db.session.add(done)
    db.session.flush()
    offered_tags.find_anew(offered_tags.holders(target.id))
    return done


def undo(actor: Actor, merge_id: int) -> TagMerge:
    """Bring back what was before a merge of the actor, within ten minutes; undone already, nothing more.

    NotFound also for another's, Forbidden; Conflict when it is too late, or something was merged since.
    """
    require(may_edit_network(actor))
    query = select(TagMerge).where(TagMerge.id == merge_id, TagMerge.editor_id == actor.id)
    done = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if done is None:
        raise NotFound
    if done.undone_at is not None:
        return done
    if not _is_open(done):
        raise Conflict(_("The ten minutes in which you could undo this are over."))
    tag, into = tag_locks.for_undo(done)
    if not db.session.scalar(select(_untouched()).where(TagMerge.id == done.id)):
        raise Conflict(_("One of these tags was changed since. Merge or spell it anew instead."))
    into.label = done.before["label"]
    if tag.id != into.id:
        tag.merged_into_id = None
        _move_back(done)
    done.undone_at = clock.now()
    db.session.flush()
    offered_tags.find_anew([*offered_tags.holders(tag.id), *offered_tags.holders(into.id)])
    return done


def _is_open(done: TagMerge) -> bool:
    return done.undone_at is None and clock.now() < done.merged_at + WINDOW


def _untouched() -> ColumnElement[bool]:
    """Whether both tags are as a merge left them: what a later one took for a double would be gone with it."""
    later, tag, into = aliased(TagMerge), aliased(Tag), aliased(Tag)
    is_last = ~exists().where(
        later.into_id == TagMerge.into_id, later.id > TagMerge.id, later.undone_at.is_(None)
    )
    stands = exists().where(into.id == TagMerge.into_id, into.merged_into_id.is_(None))
    led_there = exists().where(tag.id == TagMerge.tag_id, tag.merged_into_id == TagMerge.into_id)
    return and_(is_last, stands, or_(TagMerge.tag_id == TagMerge.into_id, led_there))


def _move(from_id: int, into_id: int) -> dict[str, Any]:
    """Let everything that has one tag have the other; return what that was, for undo."""
    has = select(ThreadTag.thread_id).where(ThreadTag.tag_id == into_id)
    uses = db.session.execute(
        select(ThreadTag.thread_id, ThreadTag.name, ThreadTag.thread_id.in_(has)).where(
            ThreadTag.tag_id == from_id
        )
    ).all()
    db.session.execute(delete(ThreadTag).where(ThreadTag.tag_id == from_id, ThreadTag.thread_id.in_(has)))
    db.session.execute(update(ThreadTag).where(ThreadTag.tag_id == from_id).values(tag_id=into_id))
    # A version that has both keeps both: each shows a spelling of its own.
    both = select(LessonTag.version_id).where(LessonTag.tag_id == into_id)
    versions = update(LessonTag).where(LessonTag.tag_id == from_id, LessonTag.version_id.not_in(both))
    moved = db.session.scalars(versions.values(tag_id=into_id).returning(LessonTag.version_id)).all()
    followers = update(Tag).where(Tag.merged_into_id == from_id).values(merged_into_id=into_id)
    return {
        "threads": [thread_id for thread_id, _name, had_both in uses if not had_both],
        "doubles": [[thread_id, name] for thread_id, name, had_both in uses if had_both],
        "versions": sorted(moved),
        "choices": _move_choices(from_id, into_id),
        **offered_tags.move(from_id, into_id),
        "followers": sorted(db.session.scalars(followers.returning(Tag.id))),
    }


def _move_choices(from_id: int, into_id: int) -> list[list[Any]]:
    """What members chose for their mail: of two choices the stronger. Return member, and how each was before."""
    rows = db.session.execute(
        select(Subscription.member_id, Subscription.tag_id, Subscription.delivery).where(
            Subscription.tag_id.in_([from_id, into_id])
        )
    ).all()
    old = {row.member_id: row.delivery for row in rows if row.tag_id == from_id}
    other = {row.member_id: row.delivery for row in rows if row.tag_id == into_id and row.member_id in old}
    db.session.execute(delete(Subscription).where(Subscription.tag_id == from_id))
    for member_id, delivery in old.items():
        strongest = min(delivery, other.get(member_id, delivery), key=STRONGEST.index)
        _choose(member_id, into_id, strongest)
    return [
        [member_id, delivery.value, other[member_id].value if member_id in other else None]
        for member_id, delivery in old.items()
    ]


def _choose(member_id: int, tag_id: int, delivery: Delivery) -> None:
    about = (Subscription.member_id == member_id, Subscription.tag_id == tag_id)
    changed = db.session.execute(
        update(Subscription).where(*about).values(delivery=delivery).returning(Subscription.id)
    ).all()
    if not changed:
        insert_new(Subscription, [{"member_id": member_id, "tag_id": tag_id, "delivery": delivery}])


def _move_back(done: TagMerge) -> None:
    """Only where the tag still stands: what somebody took away since stays away."""
    for threads in _parts(done.before["threads"]):
        moved = update(ThreadTag).where(ThreadTag.tag_id == done.into_id, ThreadTag.thread_id.in_(threads))
        db.session.execute(moved.values(tag_id=done.tag_id))
    doubles = dict(done.before["doubles"])
    for ids in _parts(list(doubles)):
        still = select(ThreadTag.thread_id).where(ThreadTag.tag_id == done.into_id)
        still = still.where(ThreadTag.thread_id.in_(ids))
        rows = [
            {"thread_id": thread_id, "tag_id": done.tag_id, "name": doubles[thread_id]}
            for thread_id in db.session.scalars(still)
        ]
        insert_new(ThreadTag, rows)
    for versions in _parts(done.before["versions"]):
        moved = update(LessonTag).where(LessonTag.tag_id == done.into_id, LessonTag.version_id.in_(versions))
        db.session.execute(moved.values(tag_id=done.tag_id))
    for followers in _parts(done.before["followers"]):
        db.session.execute(update(Tag).where(Tag.id.in_(followers)).values(merged_into_id=done.tag_id))
    offered_tags.move_back(done.before, done.tag_id, done.into_id)
    for member_id, old, other in done.before["choices"]:
        _give_back(done, member_id, Delivery(old), Delivery(other) if other else None)


def _give_back(done: TagMerge, member_id: int, old: Delivery, other: Delivery | None) -> None:
    about = (Subscription.member_id == member_id, Subscription.tag_id == done.into_id)
    now = db.session.scalar(select(Subscription.delivery).where(*about))
    if now == min(old, other or old, key=STRONGEST.index):  # else they chose anew since
        if other is None:
            db.session.execute(delete(Subscription).where(*about))
        else:
            _choose(member_id, done.into_id, other)
    _choose(member_id, done.tag_id, old)


def _parts(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE)]
