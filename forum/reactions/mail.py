"""From an event to queued mail. Keys name the event or the thing, so that reacting twice queues once.

Whoever waits for a letter in front of a page gets it through the direct lane; what is only told goes as a notice.
"""

from typing import Any

from sqlalchemy import or_, select

from forum.domain.mailing.mail_queue import queue_mail
from forum.infra.db import db
from forum.models.accounts import Capacity, Member, NetworkAppointment, NetworkRole
from forum.models.events import Event
from forum.models.lessons import Lesson
from forum.models.mail import Lane
from forum.models.spaces import JoinRequest, Membership, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.visibility import audience
from forum.reactions import capacities, cited


def invitation_sent(event: Event) -> None:
    """Queue the invitation; renewing one is a new event and a new mail."""
    _queue("invitation", event, lane=Lane.DIRECT, invitation_id=event.payload["invitation_id"])


def access_requested(event: Event) -> None:
    """Ask the newcomer to confirm their address."""
    _queue("confirm_email", event, lane=Lane.DIRECT, access_request_id=event.payload["access_request_id"])


def member_already_registered(event: Event) -> None:
    """Somebody filled in an address that has an account: only its owner is told."""
    _to_member("already_member", event)


def password_forgotten(event: Event) -> None:
    """Send a link to set a new password, or once more the one with which a newcomer chooses the first."""
    _to_member("reset_password", event)
    if event.payload.get("access_request_id") is not None:
        access_requested(event)


def password_changed(event: Event) -> None:
    """Tell the member, in case it was somebody else."""
    _to_member("password_changed", event)


def join_requested(event: Event) -> None:
    """Tell the moderators of the space that somebody asks to join."""
    request_id = event.payload["request_id"]
    moderators = db.session.scalars(
        select(Membership.member_id)
        .join(JoinRequest, JoinRequest.space_id == Membership.space_id)
        .where(JoinRequest.id == request_id, Membership.ended_at.is_(None), Membership.role == Role.MODERATOR)
        .order_by(Membership.member_id)
    )
    for member_id in moderators:
        key = f"join_request.{event.id}.{member_id}"
        _queue("join_request", event, key=key, member_id=member_id, payload={"request_id": request_id})


def join_answered(event: Event) -> None:
    """Tell the member what was answered."""
    request = db.session.get(JoinRequest, event.payload["request_id"])
    if request is not None:
        payload = {"request_id": request.id}
        _queue("join_answered", event, member_id=request.member_id, payload=payload)


def lesson_published(event: Event) -> None:
    """Write to the authors whom a published lesson quotes."""
    lesson_id, version_id = event.payload["lesson_id"], event.payload["version_id"]
    for member_id in cited.authors(lesson_id, version_id):
        key = f"cited.{version_id}.{member_id}"
        payload = {"lesson_id": lesson_id, "version_id": version_id}
        _queue("cited", event, key=key, member_id=member_id, payload=payload)


def lesson_lost_words(event: Event) -> None:
    """Tell the curator and the editors, but for who did it, once the act can no longer be undone."""
    lesson = db.session.get(Lesson, event.payload["lesson_id"])
    act = db.session.get(UndoableAct, event.payload["act_id"])
    if lesson is None or act is None:
        return
    editors = select(NetworkAppointment.member_id).where(
        NetworkAppointment.role == NetworkRole.EDITOR, NetworkAppointment.ended_at.is_(None)
    )
    told = audience(lesson).where(
        or_(Member.id == lesson.curator_id, Member.id.in_(editors)), Member.id != act.actor_id
    )
    for member_id in db.session.scalars(told.with_only_columns(Member.id).order_by(Member.id)):
        queue_mail(
            "lesson_lost_words",
            key=f"lost_words.{act.id}.{lesson.id}.{member_id}",
            lane=Lane.NOTICE,
            member_id=member_id,
            payload={"lesson_id": lesson.id, "version_id": lesson.current_id, "act_id": act.id},
            due_at=event.created_at,
            not_before=act.until,
        )


def post_hidden(event: Event) -> None:
    """Tell the author of a post why it was hidden, once that can no longer be undone."""
    post = db.session.get(Post, event.payload["post_id"])
    act = db.session.get(UndoableAct, event.payload["act_id"])
    if post is not None and act is not None:
        payload = {"post_id": post.id, "act_id": act.id}
        _queue("post_hidden", event, member_id=post.author_id, payload=payload, not_before=act.until)


def lesson_returned(event: Event) -> None:
    """Tell the curator what the reviewer asks."""
    lesson = db.session.get(Lesson, event.payload["lesson_id"])
    if lesson is not None:
        payload = {"lesson_id": lesson.id, "version_id": event.payload["version_id"]}
        _queue("lesson_returned", event, member_id=lesson.curator_id, payload=payload)


def capacity_answered(event: Event) -> None:
    """Tell a member that their capacity was confirmed, or refused, and why, or that somebody ended it.

    A confirmation that comes with another letter, or follows on their own act, is told there; an event that only goes
    on counting is about one that was told.
    """
    if event.payload.get("is_told") or capacities.goes_on(event):
        return
    capacity = db.session.get(Capacity, event.payload["capacity_id"])
    if capacity is not None:
        payload = {"capacity_id": capacity.id}
        _queue(event.name.replace(".", "_"), event, member_id=capacity.member_id, payload=payload)


def _to_member(kind: str, event: Event) -> None:
    # An address without an account leaves an event too, so that nobody can tell the two apart; no letter follows.
    if event.payload["member_id"] is not None:
        _queue(kind, event, lane=Lane.DIRECT, member_id=event.payload["member_id"])


def _queue(
    kind: str, event: Event, *, key: str | None = None, lane: Lane = Lane.NOTICE, **recipient: Any
) -> None:
    """Queue the mail of an event, due since it happened."""
    queue_mail(kind, key=key or f"{kind}.{event.id}", lane=lane, due_at=event.created_at, **recipient)
