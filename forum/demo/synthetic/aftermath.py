"""What follows when a lesson of a synthetic network is published: people are told, and other cities try it."""

from itertools import count
from types import SimpleNamespace
from typing import Any

from forum.demo.synthetic.evidence import Made
from forum.demo.synthetic.network import DAY, HOMES, Network, Row, Rows, moment
from forum.demo.synthetic.size import READER
from forum.domain.lessons import confirming
from forum.infra import days
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.events import Event
from forum.models.notifications import Notification

REPORTS = (0, 0, 0, 1, 1, 2, 3, 5, 9)  # how many a lesson gets
MEASURED_REPORTS = 4
ENOUGH = 2  # other cities, as the settings have it where nobody changed them
NOTICES = 3  # lessons that the reader was told of, at every size


class Aftermath:
    """Writes notices and reports for one lesson after another."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.report, self.event, self.notice = count(1), count(1), count(1)
        self.told_reader = 0

    def told(self, lesson: Made, version: int, at: float) -> Rows:
        """One event, and a line for everybody whose words back the lesson."""
        number = next(self.event)
        yield (
            Event,
            {
                "id": number,
                "name": "lesson.published",
                "payload": {"lesson_id": lesson.id, "version_id": version},
                "created_at": moment(at),
                "next_try_at": moment(at),
                "handled_at": moment(at),
                "attempts": 1,
            },
        )
        people = {post.author for post in lesson.thread.quotable}
        if self.told_reader < NOTICES:
            self.told_reader += 1
            people.add(READER)
        for member in sorted(people):
            read = member != READER and self.network.chance.random() < 0.8
            yield (
                Notification,
                {
                    "id": next(self.notice),
                    "member_id": member,
                    "event_id": number,
                    "kind": "cited",
                    "lesson_id": lesson.id,
                    "created_at": moment(at),
                    "read_at": moment(self.network.soon(at, 10)) if read else None,
                },
            )

    def reports(self, lesson: Made, since: float) -> list[Row]:
        """What other cities came back with."""
        chance = self.network.chance
        wanted = MEASURED_REPORTS if lesson.measured else chance.choice(REPORTS)
        return [(AdoptionReport, self._report(lesson, self.network.soon(since, 300))) for _ in range(wanted)]

    def confirmed(self, lesson: Made, reports: list[Row]) -> Any:
        """Since when enough other cities applied it with success, if they did."""
        # Everybody here speaks for their own city and is confirmed, and no source is masked.
        told = sorted((row for _model, row in reports), key=lambda row: (row["reported_on"], row["id"]))
        rows = [
            SimpleNamespace(**row, counts=row["outcome"] != AdoptionOutcome.NOT_DONE, stands=True)
            for row in told
        ]
        last = confirming.confirming(rows, rests_on={lesson.thread.place.city}, masked=False, others=ENOUGH)
        return None if last is None else self.network.midnight(last.reported_on)

    def _report(self, lesson: Made, at: float) -> dict[str, Any]:
        chance, network = self.network.chance, self.network
        at = min(network.now, at + DAY)
        member = network.anybody(at)
        words = chance.choice(network.texts)
        return {
            "id": next(self.report),
            "lesson_id": lesson.id,
            "city": HOMES[network.homes[member]].code,
            "reporter_id": member,
            "capacity_id": network.capacity(member, at),
            "outcome": chance.choice(list(AdoptionOutcome)),
            "what_changed": words.title,
            "what_came": words.piece(0)[2],
            "reported_on": days.day_of(moment(at)),
            "post_id": chance.choice(lesson.thread.quotable).post if chance.random() < 0.3 else None,
        }
