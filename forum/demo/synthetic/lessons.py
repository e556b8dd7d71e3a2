"""The lessons of a synthetic network, made of threads that came to rest: published, in review or still a draft."""

from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

from forum.demo.synthetic.aftermath import Aftermath
from forum.demo.synthetic.evidence import Made
from forum.demo.synthetic.network import DAY, Network, Rows, moment
from forum.demo.synthetic.pace import GrowingThread
from forum.demo.synthetic.size import FIRST_LESSON, TAUGHT_THREAD
from forum.demo.synthetic.versions import Versions, editor
from forum.infra import days
from forum.models.lessons import Lesson, LessonNumber, LessonSource, LessonState
from forum.models.spaces import Audience


class Lessons:
    """Makes as many lessons as are wanted, evenly over the threads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.versions, self.aftermath = Versions(network), Aftermath(network)
        self.wanted = max(0, network.size.lessons - 1)  # beside the measured one
        self.made = self.rested = 0
        self.spare: GrowingThread | None = None
        self.numbers: Counter[int] = Counter()
        self.version = count(1)

    def after(self, thread: GrowingThread) -> Rows:
        """The lessons that are due now that a thread rests."""
        self.rested += 1
        stands = thread.title and not thread.hidden_at and not thread.withdrawn_at
        if thread.measured:
            if thread.id == TAUGHT_THREAD and self.network.size.lessons:
                yield from self._lesson(FIRST_LESSON, thread)
        elif stands and len(thread.quotable) > 1:
            self.spare = thread
            while self.made < min(self.wanted, self.wanted * self.rested / self.network.size.threads):
                yield from self._another(thread)

    def rest(self) -> Rows:
        """Those that found no thread, and the count of each year."""
        while self.spare and self.made < self.wanted:
            yield from self._another(self.spare)
        for year, last in self.numbers.items():
            yield LessonNumber, {"year": year, "last": last}

    def _another(self, thread: GrowingThread) -> Rows:
        self.made += 1
        yield from self._lesson(FIRST_LESSON + self.made, thread)

    def _lesson(self, number: int, thread: GrowingThread) -> Rows:
        lesson = self._measured(number, thread) if thread.measured else self._made(number, thread)
        versions = [next(self.version)]
        if lesson.changed != lesson.published:
            versions.append(next(self.version))
        row = self._row(lesson, versions[-1])
        if lesson.wider:
            yield from self.versions.evidence.consents(lesson)
        for sequence, version in enumerate(versions, 1):
            yield from self.versions.of(lesson, version, sequence)
        yield LessonSource, {"lesson_id": number, "thread_id": thread.id}
        if lesson.published is not None:
            yield from self.aftermath.told(lesson, versions[0], lesson.published)
            reports = self.aftermath.reports(lesson, lesson.published)
            yield from reports
            row["confirmed_at"] = self.aftermath.confirmed(lesson, reports)
        yield Lesson, row

    def _measured(self, number: int, thread: GrowingThread) -> Made:
        begun = thread.last_at + 2 * DAY
        out = begun + 4 * DAY
        return Made(number, thread, thread.audience, begun, out, out)

    def _made(self, number: int, thread: GrowingThread) -> Made:
        network, chance = self.network, self.network.chance
        audience = thread.audience
        if chance.random() < 0.2 and audience.rank < thread.place.widest.rank:
            audience = list(Audience)[audience.rank + 1]
        begun = network.soon(thread.last_at, 30)
        out: float | None = begun + chance.uniform(5, 40) * DAY
        if out is None or out > network.now or chance.random() < 0.04:
            return Made(number, thread, audience, begun, None, None, in_review=chance.random() < 0.5)
        changed = network.soon(out, 365) if chance.random() < 0.2 else out
        return Made(number, thread, audience, begun, out, changed)

    def _row(self, lesson: Made, version: int) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": lesson.id,
            "space_id": lesson.thread.place.id,
            "curator_id": lesson.thread.place.moderator,
            "audience": lesson.audience,
            "created_at": moment(lesson.begun),
        }
        if lesson.published is None or lesson.changed is None:
            state = LessonState.IN_REVIEW if lesson.in_review else LessonState.DRAFT
            return {**row, "state": state, "working_id": version}
        out = moment(lesson.published)
        year = days.day_of(out).year
        self.numbers[year] += 1
        return {
            **row,
            "public_id": f"les-{year}-{self.numbers[year]:03d}",
            "state": LessonState.PUBLISHED,
            "current_id": version,
            "published_at": out,
            "published_by_id": editor(lesson),
            "changed_at": moment(lesson.changed),
            "review_on": days.day_of(moment(lesson.changed) + timedelta(days=730)),
        }
