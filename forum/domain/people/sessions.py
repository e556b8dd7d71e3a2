"""Sessions: devices on which a member is signed in, begun, looked up at every request, ended one by one."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, bindparam, select, update

from forum.domain.mailing import unread_notices
from forum.domain.mailing.unread_notices import Unread
from forum.domain.people import feed_keys, kept_numbers
from forum.infra import clock, tokens
from forum.infra.db import db
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member, SignIn
from forum.policy.actors import COLUMNS, Actor, actor_from
from forum.policy.errors import NotFound
from forum.policy.readers import EACH_MEMBER

IDLE = timedelta(days=14)
LONGEST = timedelta(days=30)
TOUCH_AFTER = timedelta(minutes=10)  # one small write in ten minutes of reading, not one a page


@dataclass(frozen=True, slots=True)
class DeviceSession:
    """The member behind a device, whether its last-seen time should be renewed, and whether anything is unread."""

    actor: Actor
    seen_long_ago: bool
    has_unread: bool = False  # also notifications about what they may no longer see
    unread_kinds: frozenset[str] | None = None  # of those, where they were looked at and are not too many
    unread: Unread | None = None  # of what they may see, where it was counted
    on_desk: int | None = None  # what waits for a moderator, where that was counted


def begin(member: Member, *, device: str) -> str:
    """Sign a device in; return the secret for its cookie, of which only a hash is stored."""
    secret = tokens.random_token()
    now = clock.now()
    db.session.add(
        SignIn(
            secret_digest=tokens.digest(secret),
            member_id=member.id,
            device=device[:120],
            created_at=now,
            last_seen_at=now,
        )
    )
    db.session.flush()
    return secret


def look_up(secret: str, *, counting: bool = False) -> DeviceSession | None:
    """Return the session of a device that is still signed in, while its member is in good standing (one query).

    `counting`: with how many notifications they have not read.
    """
    now = clock.now()
    values = {"digest": tokens.digest(secret), "seen_after": now - IDLE, "begun_after": now - LONGEST}
    if counting:
        values["now"] = now
    row = select_rows(_look_up(counting), values).one_or_none()
    if row is None:
        return None
    found = DeviceSession(actor_from(row), seen_long_ago=row.last_seen_at < now - TOUCH_AFTER)
    if not counting:
        return replace(found, has_unread=bool(row.has_unread))
    return replace(
        found,
        has_unread=bool(row.kinds),
        unread_kinds=unread_notices.as_kinds(row.kinds),
        unread=unread_notices.as_unread(row.unread),
        on_desk=kept_numbers.read(row.on_desk, found.actor) if _has_desk(found.actor) else None,
    )


def _has_desk(actor: Actor) -> bool:
    return actor.moderates or bool(actor.deputy_in)


@cached
def _look_up(counting: bool) -> Select[Any]:
    """Runs at every request: columns instead of an object. With a count for a page, which says it at its top."""
    query: Any = (
        select(*COLUMNS, SignIn.last_seen_at)
        .join(SignIn, SignIn.member_id == Member.id)
        .where(
            SignIn.secret_digest == bindparam("digest"),
            SignIn.ended_at.is_(None),
            SignIn.last_seen_at > bindparam("seen_after"),
            SignIn.created_at > bindparam("begun_after"),
            Member.confirmed_at.is_not(None),
            Member.suspended_at.is_(None),
        )
    )
    if not counting:
        return cast(Select[Any], query.add_columns(unread_notices.any_of(Member.id).label("has_unread")))
    kinds, unread = unread_notices.kinds_of(Member.id), unread_notices.counted(EACH_MEMBER)
    on_desk = kept_numbers.column().label("on_desk")
    return cast(Select[Any], query.add_columns(kinds.label("kinds"), unread.label("unread"), on_desk))


def touch(secret: str) -> None:
    """Note that the device with this secret was used just now."""
    db.session.execute(
        update(SignIn).where(SignIn.secret_digest == tokens.digest(secret)).values(last_seen_at=clock.now())
    )


def devices(member: Actor) -> list[SignIn]:
    """Return the devices on which the member is signed in, the latest used first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(
                SignIn.member_id == member.id,
                SignIn.ended_at.is_(None),
                SignIn.last_seen_at > clock.now() - IDLE,
                SignIn.created_at > clock.now() - LONGEST,
            )
            .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
        )
    )


def is_behind(device: SignIn, secret: str | None) -> bool:
    """Return whether this is the device that holds the secret: the one that sends this request."""
    return secret is not None and device.secret_digest == tokens.digest(secret)


def end(member: Actor, sign_in_id: int) -> None:
    """Sign out one of the member's own devices; NotFound for another's."""
    row = db.session.scalars(
        select(SignIn).where(
            SignIn.id == sign_in_id, SignIn.member_id == member.id, SignIn.ended_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    row.ended_at = clock.now()


def end_this(secret: str) -> None:
    """Sign out the device with this secret."""
    _end(SignIn.secret_digest == tokens.digest(secret))


def end_all(member_id: int, *, but: str | None = None) -> None:
    """Sign out every device of a member, except the one with the secret `but`: after a new password, a suspension.

    Addresses of their feeds, which whoever has one of those may have copied, end with them.
    """
    condition = SignIn.member_id == member_id
    _end(condition if but is None else condition & (SignIn.secret_digest != tokens.digest(but)))
    feed_keys.end_all(member_id)


def _end(condition: ColumnElement[bool]) -> None:
    db.session.execute(
        update(SignIn).where(condition, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )
