"""Keys of personal feeds: made, renewed and ended by their member, and ended with what let the member read.

A feed reader has no session, so its address holds a secret for one feed. It opens nothing once its member chose another
password, signed out all other devices, was suspended, or belongs there no more; a new membership needs a new key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Select, String, and_, bindparam, delete, exists, or_, select, update

from forum.infra import clock, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member, NetworkAppointment
from forum.models.feeds import FeedKey, FeedKind
from forum.models.spaces import Membership, Space
from forum.policy.actors import Actor, actor_of
from forum.policy.errors import Conflict, NotFound
from forum.policy.standing import belonging

TOUCH_AFTER = timedelta(hours=1)  # readers ask all day: one small write an hour
SEEN = 12  # letters of a hash by which a form says which key it is about


@dataclass(frozen=True, slots=True)
class Feed:
    """Which feed: of a space by its id, the others have none."""

    kind: FeedKind
    space_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opened: for whom, and in which space; `used_long_ago`: its last use is worth noting."""

    key_id: int
    actor: Actor
    space_id: int | None
    used_long_ago: bool


def make(actor: Actor, feed: Feed, *, seen: str = "") -> str:
    """Give the member a new key for a feed and return it, for this once; the one of before opens nothing any more.

    `seen`: which one the form showed, as `mark_of` says. NotFound for a space to which they do not belong any more;
    Conflict where a key was made since, which the member may have copied.
    """
    mine = select(Member).where(Member.id == actor.id).with_for_update(key_share=True)
    member = db.session.scalars(mine.execution_options(populate_existing=True)).one()
    # As they stand once nobody can suspend them meanwhile: the keys that there are end with that, and no later one.
    now_there = actor_of(actor.id)
    if now_there is None:
        raise NotFound
    _require_reader(now_there, feed)
    now = of_member(actor).get(feed)
    if seen != mark_of(now):
        raise Conflict(_("A new address was made already. It was shown only that once."))
    end(actor, feed)
    secret = tokens.random_token()
    db.session.add(
        FeedKey(
            member_id=actor.id,
            kind=feed.kind,
            space_id=feed.space_id,
            secret_digest=tokens.digest(secret),
            password_stamp=member.password_stamp,
            made_at=clock.now(),
        )
    )
    db.session.flush()
    return secret


def end(actor: Actor, feed: Feed) -> None:
    """End the key of one of the member's own feeds, if there is one."""
    space = FeedKey.space_id.is_(None) if feed.space_id is None else FeedKey.space_id == feed.space_id
    db.session.execute(delete(FeedKey).where(FeedKey.member_id == actor.id, FeedKey.kind == feed.kind, space))


def of_member(actor: Actor) -> Mapping[Feed, FeedKey]:
    """Return the keys that the member has now (one query)."""
    query = (
        select(FeedKey)
        .join(Member, _is_of(Member))
        .where(FeedKey.member_id == actor.id)
        .execution_options(populate_existing=True)
    )
    return {Feed(key.kind, key.space_id): key for key in db.session.scalars(query)}


def mark_of(key: FeedKey | None) -> str:
    """Return by what a form says which key it is about; "" for none."""
    return key.secret_digest[:SEEN] if key is not None else ""


def open_with(secret: str, kind: FeedKind, slug: str | None = None) -> Opened:
    """Return whose feed a key opens (two queries); NotFound for one that opens nothing, whatever the reason.

    It is looked up by its hash: how long that takes tells nothing about it.
    """
    values = {"digest": tokens.digest(secret)}
    row = select_rows(_by_digest(), values).one_or_none()
    if row is None or row.kind != kind or row.slug != slug:
        raise NotFound
    actor = actor_of(row.member_id)
    if actor is None:
        raise NotFound
    _require_reader(actor, Feed(kind, row.space_id))
    is_old = row.used_at is None or row.used_at < clock.now() - TOUCH_AFTER
    return Opened(row.id, actor, row.space_id, used_long_ago=is_old)


def touch(key_id: int) -> None:
    """Note that a feed was fetched just now."""
    db.session.execute(update(FeedKey).where(FeedKey.id == key_id).values(used_at=clock.now()))


def end_all(member_id: int) -> None:
    """End all keys of a member (system verb)."""
    db.session.execute(delete(FeedKey).where(FeedKey.member_id == member_id))


def end_lost(member_id: int) -> None:
    """End the keys of a member for where they no longer belong, of the network once they belong nowhere (system verb).

    So none of them opens anything again for who comes back.
    """
    db.session.flush()
    holds = and_(Membership.member_id == member_id, belonging(Membership))
    there = exists().where(holds, Membership.space_id == FeedKey.space_id)
    appointed = exists().where(
        NetworkAppointment.member_id == member_id, NetworkAppointment.ended_at.is_(None)
    )
    anywhere = or_(exists().where(holds), appointed)
    lost = or_(and_(FeedKey.space_id.is_not(None), ~there), and_(FeedKey.space_id.is_(None), ~anywhere))
    query = delete(FeedKey).where(FeedKey.member_id == member_id, lost)
    db.session.execute(query.execution_options(synchronize_session=False))


def _require_reader(actor: Actor, feed: Feed) -> None:
    """Let in who belongs to the space of a feed; for the others, who has any role in the network."""
    belongs = (
        feed.space_id in actor.roles
        if feed.kind == FeedKind.SPACE
        else feed.space_id is None and bool(actor.roles or actor.network_roles)
    )
    if not belongs:
        raise NotFound


def _is_of(member: Any) -> Any:
    """Whether a key is of a member, and of the present password."""
    return and_(FeedKey.member_id == member.id, FeedKey.password_stamp == member.password_stamp)


@cached
def _by_digest() -> Select[Any]:
    query: Any = (
        select(FeedKey.id, FeedKey.member_id, FeedKey.kind, FeedKey.space_id, FeedKey.used_at, Space.slug)
        .join(Member, _is_of(Member))
        .outerjoin(Space, Space.id == FeedKey.space_id)
        .where(FeedKey.secret_digest == bindparam("digest", type_=String))
    )
    return cast(Select[Any], query)
