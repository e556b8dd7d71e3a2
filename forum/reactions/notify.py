"""From an event to notices on home pages."""

from forum.domain.mailing import notifications
from forum.models.events import Event
from forum.reactions import cited


def lesson_published(event: Event) -> None:
    """Write a notice for every author whom the lesson quotes."""
    lesson_id, version_id = event.payload["lesson_id"], event.payload["version_id"]
    notifications.tell(
        cited.authors(lesson_id, version_id), event_id=event.id, kind="cited", lesson_id=lesson_id
    )
