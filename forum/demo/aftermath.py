"""The events that loading the demo recorded: their notices are written, and no mail is sent for them."""

from sqlalchemy import select, update

from forum.demo.book import CAUGHT_UP, Book
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Event
from forum.models.notifications import Notification
from forum.reactions import notify


def settle(book: Book) -> None:
    """Mark every recorded event as handled, and the notices from before CAUGHT_UP as read."""
    waiting = select(Event).where(Event.handled_at.is_(None)).order_by(Event.id)
    for event in db.session.scalars(waiting).all():
        with clock.at(event.created_at):
            if event.name == "lesson.published":
                notify.lesson_published(event)
        event.handled_at = event.created_at
    db.session.flush()
    db.session.execute(
        update(Notification)
        .where(Notification.created_at < book.moment(CAUGHT_UP))
        .values(read_at=Notification.created_at)
    )
