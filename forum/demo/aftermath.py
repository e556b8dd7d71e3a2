"""The events that loading the demo recorded: what members are told of them is written, and no mail is sent for them."""

from collections.abc import Callable, Mapping

from sqlalchemy import delete, select, update

from forum.demo.book import CAUGHT_UP, Book
from forum.domain.mailing import notices
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Event
from forum.models.mail import OutgoingMail
from forum.models.notifications import Notification
from forum.reactions import lessons, posts

TOLD: Mapping[str, Callable[[Event], object]] = {
    "lesson.published": lessons.tell_quoted,
    "post.created": posts.created,
}


def settle(book: Book) -> None:
    """Mark every recorded event as handled, and what was told before CAUGHT_UP as read."""
    waiting = select(Event).where(Event.handled_at.is_(None)).order_by(Event.id)
    for event in db.session.scalars(waiting).all():
        with clock.at(event.created_at):
            if event.name in TOLD:
                TOLD[event.name](event)
        event.handled_at = event.created_at
    db.session.flush()
    db.session.execute(delete(OutgoingMail).where(OutgoingMail.kind == notices.LETTER))
    db.session.execute(update(Notification).values(mail_at=None))
    db.session.execute(
        update(Notification)
        .where(Notification.created_at < book.moment(CAUGHT_UP))
        .values(read_at=Notification.created_at)
    )
