"""From a capacity that somebody confirmed to what counts from then on."""

from forum.domain.lessons import confirming
from forum.domain.mailing import events
from forum.domain.threads import recounts
from forum.models.events import Event


def goes_on(event: Event) -> bool:
    """Return whether an event only goes on counting threads, after the one that `after_id` names."""
    return bool(event.payload.get("after_id"))


def count_posts(event: Event) -> None:
    """Let what was said in it light its city; where that is much, go on in an event of its own."""
    capacity_id, after_id = event.payload["capacity_id"], event.payload.get("after_id", 0)
    last_id = recounts.spoken_in(capacity_id, after_id=after_id)
    if last_id is not None:
        events.record("capacity.confirmed", capacity_id=capacity_id, after_id=last_id)


def count_reports(event: Event) -> None:
    """Let reports that were made in it weigh in the lessons that they are about."""
    if not goes_on(event):
        confirming.weigh_again(event.payload["capacity_id"])
