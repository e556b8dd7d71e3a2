"""From the events of a round to who is told: each author, and whoever makes the lesson when it closes.

Keys name the round and the member: nothing of an answer is in them, nor in their order.
"""

from collections.abc import Iterable

from sqlalchemy import func, select

from forum.domain.consents import letters
from forum.domain.mailing.notices import Subject
from forum.infra.db import db
from forum.models.consents import ConsentRequest, ConsentRound
from forum.models.events import Event
from forum.models.lessons import Lesson
from forum.models.threads import Post
from forum.reactions import lessons, told


def opened(event: Event) -> None:
    """Ask the authors."""
    members = letters.asked(event.payload["round_id"])
    _write(event, "consent_request", members)
    _tell_authors(event, "permission_asked", members)


def reminded(event: Event) -> None:
    """Remind whoever has not said yes: a refusal and no answer alike."""
    members = letters.without_yes(event.payload["round_id"])
    _write(event, "consent_reminder", members)
    _tell_authors(event, "permission_asked", members)


def withdrawn(event: Event) -> None:
    """Tell every author the same, but for the one who took it back."""
    authors = letters.asked(event.payload["round_id"])
    members = [one for one in authors if one != event.payload["member_id"]]
    _write(event, "consent_withdrawn", members)
    _tell_authors(event, "permission_withdrawn", members)


def passed(event: Event) -> None:
    """Tell every author alike who looks after the question from now on, without a letter."""
    _tell_authors(event, "permission_passed", letters.asked(event.payload["round_id"]))


def closed(event: Event) -> None:
    """Tell whoever makes the lesson, and whoever asked."""
    members = letters.makers(event.payload["round_id"])
    _write(event, "consent_closed", members)
    round_ = db.session.get(ConsentRound, event.payload["round_id"])
    if round_ is not None:
        lesson = db.session.get_one(Lesson, round_.lesson_id)
        lessons.tell(event, "permission_closed", lesson, members)


def _tell_authors(event: Event, kind: str, members: Iterable[int]) -> None:
    """Tell authors, each of their own first post in the round, named as long as they may read where it stands."""
    round_ = db.session.get_one(ConsentRound, event.payload["round_id"])
    first = (
        select(ConsentRequest.author_id, func.min(ConsentRequest.post_id).label("post_id"))
        .where(ConsentRequest.round_id == round_.id)
        .group_by(ConsentRequest.author_id)
    )
    post_ids = {row.author_id: row.post_id for row in db.session.execute(first)}
    for member_id in members:
        post = db.session.get_one(Post, post_ids[member_id])
        about = Subject(thread_id=post.thread_id, post_id=post.id)
        told.tell_owner(event, kind, member_id, about=about, row=post, actor_id=round_.opened_by_id)


def _write(event: Event, letter: str, members: Iterable[int]) -> None:
    round_id = event.payload["round_id"]
    keys = {member_id: f"{letter}.{round_id}.{member_id}" for member_id in members}
    told.write_letters(event, letter, keys, {"round_id": round_id})
