"""What many members get alike: those who may read the same and chose the same, decided once for each window."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from forum.domain.digests.personal import Person
from forum.domain.digests.picks import Pick, Section, takes
from forum.domain.digests.pool import Pool, Window
from forum.domain.digests.precedence import ThreadFacts
from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.following import FollowLevel
from forum.models.themes import Axis

MOST_ALIKE = 512  # groups of members with the same choices, kept with each window


class Row:
    """Threads in their order that all members with the same choices get, each looked at when somebody first asks."""

    def __init__(self, thread_ids: Iterable[int], pick: Callable[[int], Pick | None]) -> None:
        self._found: list[Pick] = []
        self._rest = (one for one in map(pick, thread_ids) if one is not None)

    def picks(self) -> Iterator[Pick]:
        """Return them: those that were found already, then further ones."""
        yield from self._found
        for pick in self._rest:
            self._found.append(pick)
            yield pick


class Common:
    """What is the same in a window for all members who may read the same and chose the same."""

    def __init__(self, pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> None:
        self.pool, self.window, self.person, self.near = pool, window, person, frozenset(person.own_spaces)
        self.buckets = _buckets(pool, window, person, preferences)
        self.counts: Counter[int] = Counter()
        for number in self.buckets:
            self.counts[pool.buckets[number].space_id] += window.buckets[number]
        self.unanswered = Row(window.unanswered, lambda thread_id: self._pick(thread_id, unanswered=True))
        self.active, self.revived = (
            Row(thread_ids, lambda thread_id: self._pick(thread_id, unanswered=False))
            for thread_ids in (window.active, window.revived)
        )

    def _pick(self, thread_id: int, *, unanswered: bool) -> Pick | None:
        candidate = self.pool.candidates[thread_id]
        is_waiting = candidate.unanswered and candidate.bucket.space_id in self.near
        if candidate.bucket_no not in self.buckets or is_waiting is not unanswered:
            return None
        news = self.window.news[thread_id]
        section = Section.REVIVED if news.revived else Section.ACTIVE
        told = self.person.told_of(0, candidate.bucket.space_id)
        return Pick(candidate, news, Section.UNANSWERED if is_waiting else section, told=told)


def common_for(pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> Common:
    """Return what a member has in common with others, kept with the window."""
    muted = [space_id for space_id, level in person.spaces.items() if level == FollowLevel.NOTHING]
    followed = [space_id for space_id in person.spaces if person.told_of(0, space_id).space]
    key = (
        frozenset(person.reach),
        frozenset(person.own_spaces),
        frozenset(muted),
        frozenset(followed),
        preferences.elsewhere,
        frozenset(preferences.spaces.items()),
        frozenset(preferences.axes.items()),
    )
    if key not in window.common:
        if len(window.common) == MOST_ALIKE:
            window.common.clear()
        window.common[key] = Common(pool, window, person, preferences)
    common: Common = window.common[key]
    return common


def _buckets(pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> set[int]:
    """The buckets whose threads reach somebody who chose nothing for single ones."""
    outcomes: dict[tuple[int, Axis], bool] = {}
    taken = set()
    for number in window.buckets:
        bucket = pool.buckets[number]
        # No thread has the number 0: what was chosen for one thread is not asked here.
        if not person.may_reach(bucket) or person.mutes(0, bucket.space_id):
            continue
        key = (bucket.space_id, bucket.axis)
        if key not in outcomes:
            told = person.told_of(0, bucket.space_id)
            outcomes[key] = takes(preferences, ThreadFacts(0, *key), person, told)
        if outcomes[key]:
            taken.add(number)
    return taken
