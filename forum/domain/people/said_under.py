"""What somebody said under a capacity that counts only once that is confirmed: it may wait with another one."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, update

from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionReport
from forum.models.lessons import Lesson
from forum.models.responses import ThreadResponse
from forum.models.threads import Post

# What somebody says under a capacity: by whom, and the moment that `counts_until` is compared with.
SAID: tuple[Any, ...] = (
    (Post, Post.author_id, Post.created_at),
    (AdoptionReport, AdoptionReport.reporter_id, AdoptionReport.reported_on),
    (ThreadResponse, ThreadResponse.member_id, ThreadResponse.said_at),
)


def hand_over(capacity: Capacity, to: Capacity) -> None:
    """Let what was said under a capacity that waits wait with another one of its member that waits (system verb).

    What counts already, as said before there was confirmation, keeps its words.
    """
    said = dict(_waiting_for(capacity))
    _hand_over_reports(said[AdoptionReport], to)
    db.session.execute(update(Post).where(said[Post]).values(capacity_id=to.id))
    db.session.execute(update(ThreadResponse).where(said[ThreadResponse]).values(capacity_id=to.id))


def _hand_over_reports(said: ColumnElement[bool], to: Capacity) -> None:
    """Through the session, on whose flush hangs what the library is ordered by; their lessons are locked first."""
    lesson_ids = select(AdoptionReport.lesson_id).where(said)
    db.session.execute(
        select(Lesson.id).where(Lesson.id.in_(lesson_ids)).order_by(Lesson.id).with_for_update()
    )
    for report in db.session.scalars(select(AdoptionReport).where(said)):
        report.capacity_id = to.id
    db.session.flush()


def is_waited_for(capacity: Capacity) -> bool:
    """Return whether something was said under a capacity that counts only once that is confirmed."""
    return any(
        db.session.scalar(select(kind.id).where(said).limit(1)) is not None
        for kind, said in _waiting_for(capacity)
    )


def _waiting_for(capacity: Capacity) -> list[tuple[Any, ColumnElement[bool]]]:
    return [
        (
            kind,
            and_(
                by_id == capacity.member_id,  # of which there is an index
                kind.capacity_id == capacity.id,
                ~exists().where(Capacity.id == kind.capacity_id, Capacity.counts_until >= at),
            ),
        )
        for kind, by_id, at in SAID
    ]
