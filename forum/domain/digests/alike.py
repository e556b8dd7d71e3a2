"""What many members get alike: those who may read the same and chose the same, decided once for each window."""

from collections.abc import Iterator, Mapping

from forum.domain.digests.personal import Person
from forum.domain.digests.picks import Pick, Section, takes
from forum.domain.digests.pool import Pool, Waiting, Window
from forum.domain.digests.precedence import ThreadFacts, Told
from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.following import FollowLevel
from forum.models.subscriptions import Delivery

MOST_ALIKE = 512  # groups of members with the same choices, kept with each window


class Row:
    """Threads in their order, each looked at when somebody first asks for it."""

    def __init__(self, picks: Iterator[Pick]) -> None:
        self._found: list[Pick] = []
        self._rest = picks

    def picks(self) -> Iterator[Pick]:
        """Return them from the first on; any number of readers may be in the middle of it."""
        at, found = 0, self._found
        while True:
            while at < len(found):
                yield found[at]
                at += 1
            pick = next(self._rest, None)
            if pick is None:
                return
            found.append(pick)


class Common:
    """What is the same in a window for all members who may read the same and chose the same."""

    def __init__(self, pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> None:
        self.near = frozenset(person.own_spaces)
        # No thread has the number 0: what was chosen for one thread is not asked here.
        self.told = {space_id: person.told_of(0, space_id) for space_id in pool.spaces}
        self.counts: dict[int, int] = {}  # threads by space
        # By number, whether the threads of a bucket reach them: a set would take thirty times as much.
        self.buckets = bytearray(len(pool.buckets))
        self._take(window, person, preferences)
        self.rows = {
            section: Row(_picks(threads, section, self.buckets, self.near, self.told))
            for section, threads in (
                (Section.UNANSWERED, window.unanswered),
                (Section.ACTIVE, window.active),
                (Section.REVIVED, window.revived),
            )
        }

    def _take(self, window: Window, person: Person, preferences: DigestPreferences) -> None:
        """Note what reaches somebody who chose nothing for single threads."""
        outcomes: dict[tuple[int, Delivery | None], bool] = {}
        for (space_id, audience), buckets in window.places.items():
            if (space_id, audience) not in person.reach or person.mutes(0, space_id):
                continue
            for axis, number, count in buckets:
                # Themes about which they said the same have the same outcome.
                key = (space_id, preferences.axes.get(axis) if axis else None)
                if key not in outcomes:
                    facts = ThreadFacts(0, space_id, axis)
                    outcomes[key] = takes(preferences, facts, person, self.told[space_id])
                if outcomes[key]:
                    self.buckets[number] = True
                    self.counts[space_id] = self.counts.get(space_id, 0) + count


def _picks(
    threads: list[Waiting],
    section: Section,
    buckets: bytearray,
    near: frozenset[int],
    told: Mapping[int, Told],
) -> Iterator[Pick]:
    """Those of these threads that reach them, and wait for an answer near to them or do not.

    Bound to nothing that keeps it: a window goes at once with all its groups, not when garbage is looked for.
    """
    is_waiting = section == Section.UNANSWERED
    for bucket_no, space_id, unanswered, candidate, news in threads:
        if buckets[bucket_no] and (unanswered and space_id in near) is is_waiting:
            yield Pick(candidate, news, section, told=told[space_id])


def common_for(pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> Common:
    """Return what a member has in common with others, kept with the window."""
    muted = [space_id for space_id, level in person.spaces.items() if level == FollowLevel.NOTHING]
    followed = [space_id for space_id in person.spaces if person.told_of(0, space_id).space]
    key = (
        person.reach,
        frozenset(person.own_spaces),
        frozenset(muted),
        frozenset(followed),
        preferences.elsewhere,
        frozenset(preferences.spaces.items()),
        frozenset(preferences.axes.items()),
    )
    kept: dict[object, Common] = window.common
    common = kept.pop(key, None)
    if common is None:
        common = Common(pool, window, person, preferences)
        if len(kept) == MOST_ALIKE:
            # That for which nobody asked the longest.
            del kept[next(iter(kept))]
    kept[key] = common
    return common
