"""From an event to what members are told of it: rows for those who may see it, their mails, and letters beside them."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from forum.domain.audit import undoable
from forum.domain.mailing import mail_queue, notices
from forum.domain.mailing.notices import Subject
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.mail import Lane
from forum.models.spaces import Membership, Role, Space
from forum.models.subscriptions import Delivery
from forum.models.undo import UndoableAct
from forum.policy.standing import belonging
from forum.policy.visibility import audience

NOTHING = Subject()  # for what is about the member alone


def tell(
    event: Event,
    kinds: Mapping[int, str],
    about: Subject,
    *,
    actor_id: int | None = None,
    act: UndoableAct | None = None,
    reasons: Mapping[int, Sequence[str]] = MappingProxyType({}),
    subscribed: Mapping[int, Delivery] = MappingProxyType({}),
) -> None:
    """Tell members of an event, each as the kind that it is to them, but not who did it.

    Nothing shows before `act` can no longer be undone. `reasons` and `subscribed` as in `notices.plan`.
    """
    shown_at = act.until if act is not None else None
    told = notices.tell(
        {member_id: kind for member_id, kind in kinds.items() if member_id != actor_id},
        # An event that goes on with another tells of that one.
        event_id=event.payload.get("event_id", event.id),
        about=about,
        actor_id=actor_id,
        shown_at=shown_at,
    )
    # Rows about a thread or a lesson wait for whoever locked it to undo something, or let that wait for them.
    if act is not None and not undoable.stands(act.id):
        notices.forget(act.id, since=act.at)
    else:
        notices.plan(
            told, happened_at=event.created_at, shown_at=shown_at, reasons=reasons, subscribed=subscribed
        )


def write_letters(
    event: Event,
    letter: str,
    keys: Mapping[int, str],
    payload: dict[str, Any],
    *,
    act: UndoableAct | None = None,
) -> None:
    """Queue a letter to each of these members under the key beside their id: outside quiet hours, and after `act`."""
    moments = notices.leaves_at(keys, act.until if act is not None else clock.now())
    mail_queue.queue_rows(
        [
            mail_queue.mail_row(
                letter,
                key=key,
                lane=Lane.NOTICE,
                member_id=member_id,
                payload=payload,
                due_at=event.created_at,
                not_before=moments[member_id],
            )
            for member_id, key in keys.items()
        ]
    )


def readers(row: Any, member_ids: Iterable[int]) -> list[int]:
    """Return those of these members who may see `row`."""
    query = audience(row).where(Member.id.in_(list(member_ids))).with_only_columns(Member.id)
    return list(db.session.scalars(query.order_by(Member.id)))


def tell_owner(
    event: Event,
    kind: str,
    member_id: int,
    *,
    about: Subject = NOTHING,
    row: Any = None,
    actor_id: int | None = None,
    act: UndoableAct | None = None,
) -> None:
    """Tell a member of what is about themselves, approved or not: without its subject, if they may not see `row`.

    Nothing shows before `act` can no longer be undone.
    """
    standing = select(Member.id).where(Member.id == member_id, Member.suspended_at.is_(None))
    if db.session.scalar(standing) is not None:
        named = row is None or readers(row, [member_id])
        tell(event, {member_id: kind}, about if named else NOTHING, actor_id=actor_id, act=act)


def act_of(event: Event) -> UndoableAct | None:
    """Return the act that an event is about, unless it was undone."""
    act_id = event.payload.get("act_id")
    act = db.session.get(UndoableAct, act_id, populate_existing=True) if act_id is not None else None
    return act if act is not None and act.undone_at is None else None


def moderators(space_id: int) -> list[int]:
    """Return the moderators of a space who may see it."""
    role = (Membership.space_id == space_id, Membership.role == Role.MODERATOR, belonging(Membership))
    found = db.session.scalars(select(Membership.member_id).where(*role))
    return readers(db.session.get_one(Space, space_id), found)
