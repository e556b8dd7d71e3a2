"""What many members get alike: those who may read the same and chose the same, decided once for each window."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from forum.domain.digests.personal import Person
from forum.domain.digests.picks import Pick, Section, takes
from forum.domain.digests.pool import Pool, Window
from forum.domain.digests.precedence import ThreadFacts, Told
from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.following import FollowLevel
from forum.models.themes import Axis

MOST_ALIKE = 512  # groups of members with the same choices, kept with each window


class Row:
    """Threads in their order that all members with the same choices get, each looked at when somebody first asks."""

    def __init__(self, picks: Iterator[Pick]) -> None:
        self._found: list[Pick] = []
        self._rest = picks

    def picks(self) -> Iterator[Pick]:
        """Return them: those that were found already, then further ones."""
        yield from self._found
        for pick in self._rest:
            self._found.append(pick)
            yield pick


class Common:
    """What is the same in a window for all members who may read the same and chose the same."""

    def __init__(self, pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> None:
        self.pool, self.window, self.near = pool, window, frozenset(person.own_spaces)
        # No thread has the number 0: what was chosen for one thread is not asked here.
        self.told = {space_id: person.told_of(0, space_id) for space_id in pool.spaces}
        self.buckets = _buckets(pool, window, person, preferences, self.told)
        self.counts: Counter[int] = Counter()
        for number in self.buckets:
            self.counts[pool.buckets[number].space_id] += window.buckets[number]
        self.unanswered = Row(self._picks(window.unanswered, waiting=True))
        self.active = Row(self._picks(window.active, waiting=False))
        self.revived = Row(self._picks(window.revived, waiting=False))

    def _picks(self, thread_ids: Iterable[int], *, waiting: bool) -> Iterator[Pick]:
        """Those of these threads that reach them, and wait for an answer near to them or do not."""
        candidates, buckets, near = self.pool.candidates, self.buckets, self.near
        for thread_id in thread_ids:
            candidate = candidates[thread_id]
            if candidate.bucket_no not in buckets:
                continue
            space_id = candidate.bucket.space_id
            if (candidate.unanswered and space_id in near) is not waiting:
                continue
            news = self.window.news[thread_id]
            section = Section.REVIVED if news.revived else Section.ACTIVE
            section = Section.UNANSWERED if waiting else section
            yield Pick(candidate, news, section, told=self.told[space_id])


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


def _buckets(
    pool: Pool, window: Window, person: Person, preferences: DigestPreferences, told: Mapping[int, Told]
) -> set[int]:
    """The buckets whose threads reach somebody who chose nothing for single ones."""
    outcomes: dict[tuple[int, Axis], bool] = {}
    taken = set()
    for number in window.buckets:
        bucket = pool.buckets[number]
        if not person.may_reach(bucket):
            continue
        space_id = bucket.space_id
        key = (space_id, bucket.axis)
        if key not in outcomes:
            outcomes[key] = not person.mutes(0, space_id) and takes(
                preferences, ThreadFacts(0, *key), person, told[space_id]
            )
        if outcomes[key]:
            taken.add(number)
    return taken
