"""What whoever merges tags locks before anything is moved: members, then tags; to undo it, threads between these.

Each kind in the order of ids.

Whoever gives, takes or offers a tag locks in the same order (`themes/tags.py`), so that nobody waits for who waits for
them. Who began to offer a tag while we waited is seen once it is locked; then all is let go, and locked with them.
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import or_, select, union

from forum.domain.themes.tags import TagName
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.profiles import ProfileTag
from forum.models.subscriptions import Subscription
from forum.models.themes import Tag, TagMerge
from forum.models.threads import Thread


def for_merge(tag_id: int, into: TagName) -> tuple[Tag, Tag]:
    """Return a tag and the one that `into` names, which is stored if need be, or what that was merged into.

    Until this transaction ends nobody else merges, gives, takes or offers them, or chooses about them for mail.
    """

    def tags() -> set[int]:
        names = or_(Tag.id == tag_id, Tag.slug == into.slug, Tag.merged_into_id == tag_id)
        rows = db.session.execute(select(Tag.id, Tag.merged_into_id).where(names))
        return {number for row in rows for number in row if number is not None}

    _hold(tag_id, tags, new=[{"slug": into.slug}])
    into_id = select(Tag.merged_into_id, Tag.id).where(Tag.slug == into.slug)
    survivor_id, own_id = db.session.execute(into_id).one()
    return _read(tag_id), _read(survivor_id or own_id)


def for_undo(done: TagMerge) -> tuple[Tag, Tag]:
    """Return the two tags of a merge that is undone, held as in `for_merge`."""
    before = done.before
    tags = {done.tag_id, done.into_id, *before.get("followers", ())}
    members = {row[0] for row in (*before.get("choices", ()), *before.get("offered_doubles", ()))}
    # These get the tag anew, for which nobody else may have them locked.
    threads = {thread_id for thread_id, _name in before.get("doubles", ())}
    _hold(done.tag_id, lambda: tags, members=members, threads=threads)
    return _read(done.tag_id), _read(done.into_id)


def _hold(
    tag_id: int,
    tags: Callable[[], set[int]],
    *,
    members: Collection[int] = (),
    threads: Collection[int] = (),
    new: list[dict[str, Any]] | None = None,
) -> None:
    while True:
        step = db.session.begin_nested()
        having = {*members, *_who_has(tag_id, tags())}
        _lock(Member, having, key_share=True)
        _lock(Thread, threads, read=True, key_share=True)
        insert_new(Tag, new or [])
        held = tags()
        _lock(Tag, held)
        if tags() <= held and _who_has(tag_id, held) <= having:
            step.commit()
            return
        step.rollback()


def _who_has(tag_id: int, tags: set[int]) -> set[int]:
    """Members who may be asked about one of these tags, or chose about the one that goes for their mail."""
    offer = select(ProfileTag.member_id).where(ProfileTag.tag_id.in_(tags))
    chose = select(Subscription.member_id).where(Subscription.tag_id == tag_id)
    return {*db.session.scalars(union(offer, chose))}


def _lock(
    model: type[Member | Thread | Tag], ids: Collection[int], *, read: bool = False, key_share: bool = False
) -> None:
    if ids:
        query = select(model.id).where(in_list(model.id, "ids")).order_by(model.id)
        db.session.execute(query.with_for_update(read=read, key_share=key_share), {"ids": [*ids]})


def _read(tag_id: int) -> Tag:
    return db.session.get_one(Tag, tag_id, populate_existing=True)
