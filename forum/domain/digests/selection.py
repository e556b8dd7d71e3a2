"""Which threads stand in one member's digest, and how: by ids, without a database and without words.

Order: answers to what they asked and posts that mention them, unanswered stories of their spaces, active threads by
different cities and people, revived ones. Each gets a seat in turn; what has none is a title, or counted.
"""

import enum
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from forum.domain.digests import precedence
from forum.domain.digests.personal import Person
from forum.domain.digests.pool import Candidate, News, Pool, Window, news_of
from forum.domain.digests.precedence import Reason, ThreadFacts
from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.following import FollowLevel
from forum.models.subscriptions import Delivery
from forum.models.themes import Axis

MOST_ITEMS = 7  # with text
MOST_TITLES = 6
# Of those that are decided with others: enough for seats and titles, also where two sections filled some spaces.
MOST_COMMON = 40
MOST_ALIKE = 512  # groups of members with the same choices, kept with each window
QUOTA = 3  # of each space, both with text and as titles, unless only one has any news


class Section(enum.StrEnum):
    """Where in the letter a thread stands."""

    FOR_YOU = "for_you"
    UNANSWERED = "unanswered"
    ACTIVE = "active"
    REVIVED = "revived"


LESSONS = "lessons"  # get seats like the sections, between them
SEATS = (Section.FOR_YOU, LESSONS, Section.UNANSWERED, Section.ACTIVE, Section.REVIVED)


@dataclass(frozen=True, slots=True)
class Pick:
    """One thread for one member, with what of it is new to them."""

    candidate: Candidate
    news: News
    section: Section
    tag_ids: tuple[int, ...] = ()  # of its tags, those that the member chose something about
    mentioned: bool = False

    @property
    def space_id(self) -> int:
        """Where it stands."""
        return self.candidate.space_id

    def reasons(self, preferences: DigestPreferences, spaces: Collection[int]) -> list[Reason]:
        """Return every rule by which somebody who belongs to these spaces is told of it."""
        bucket = self.candidate.bucket
        facts = ThreadFacts(self.candidate.id, bucket.space_id, bucket.axis, self.tag_ids)
        return precedence.reasons(preferences, facts, own_space=bucket.space_id in spaces)


@dataclass
class Selection:
    """What one member gets: `lessons` says how many of those that there are have a seat."""

    items: list[Pick] = field(default_factory=list)
    titles: list[Pick] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)  # by space: threads with news that are only counted
    lessons: int = 0


def select(
    pool: Pool, window: Window, person: Person, preferences: DigestPreferences, *, lessons: int
) -> Selection:
    """Choose for one member; `lessons`: how many there are for them."""
    choice = _Choice(pool, window, person, preferences)
    counts = choice.counts()
    quota = QUOTA if len(counts) > 1 else MOST_ITEMS
    queues = {section: list(picks) for section, picks in choice.by_section(quota).items()}
    selection = Selection()
    selection.items, selection.lessons = _seated(queues, lessons, quota)
    seated = {pick.candidate.id for pick in selection.items}
    rest = (pick for section in Section for pick in queues[section] if pick.candidate.id not in seated)
    selection.titles = _within(rest, quota, MOST_TITLES)
    told = Counter(pick.space_id for pick in (*selection.items, *selection.titles))
    selection.left = {space: many - told[space] for space, many in counts.items() if many > told[space]}
    return selection


def _seated(queues: dict[Section, list[Pick]], lessons: int, quota: int) -> tuple[list[Pick], int]:
    """Seats in turn, so that no section fills the letter before the next has one."""
    taken: Counter[int] = Counter()
    waiting = {section: iter(picks) for section, picks in queues.items()}
    items: list[Pick] = []
    lessons_seated, has_more = 0, True
    while has_more:
        has_more = False
        for seat in SEATS:
            if len(items) + lessons_seated == MOST_ITEMS:
                has_more = False
                break
            if isinstance(seat, Section):
                pick = next((one for one in waiting[seat] if taken[one.space_id] < quota), None)
                if pick is not None:
                    items.append(pick)
                    taken[pick.space_id] += 1
                    has_more = True
            elif lessons_seated < lessons:
                lessons_seated, has_more = lessons_seated + 1, True
    order = list(Section)
    return sorted(items, key=lambda pick: order.index(pick.section)), lessons_seated


def _within(picks: Iterable[Pick], quota: int, most: int) -> list[Pick]:
    taken: Counter[int] = Counter()
    chosen: list[Pick] = []
    for pick in picks:
        if len(chosen) == most:
            break
        if taken[pick.space_id] < quota:
            taken[pick.space_id] += 1
            chosen.append(pick)
    return chosen


class _Choice:
    """One member's view of a window: most threads are decided with all others of their bucket."""

    def __init__(self, pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> None:
        self.pool, self.window, self.person, self.preferences = pool, window, person, preferences
        self.common = _common_for(pool, window, person, preferences)
        tagged = pool.tagged(preferences.tags) if preferences.tags else {}
        self.tags: dict[int, list[int]] = {}
        for tag_id, thread_ids in tagged.items():
            for thread_id in thread_ids:
                self.tags.setdefault(thread_id, []).append(tag_id)
        own = window.own.get(person.id, set())
        special = own | person.differs_in() | preferences.threads.keys() | self.tags.keys()
        if person.mailed or person.mentioned:
            touched = (person.mailed | person.mentioned) & pool.thread_of.keys()
            special |= {pool.thread_of[post_id] for post_id in touched}
        self.special = special & window.news.keys()
        self.particular = {
            pick.candidate.id: pick for pick in map(self._pick, self.special) if pick is not None
        }

    def _facts(self, candidate: Candidate) -> ThreadFacts:
        tags = sorted(self.tags.get(candidate.id, ()))
        return ThreadFacts(candidate.id, candidate.space_id, candidate.bucket.axis, tags)

    def _takes(self, facts: ThreadFacts) -> bool:
        return _takes(self.preferences, facts, self.person)

    def _pick(self, thread_id: int) -> Pick | None:
        """A thread that is decided by itself."""
        candidate, person = self.pool.candidates[thread_id], self.person
        if not person.may_reach(candidate.bucket) or person.mutes(thread_id, candidate.space_id):
            return None
        if not self._takes(self._facts(candidate)):
            return None
        posts = person.new(self.window.news[thread_id].posts, self.preferences)
        return self._as_pick(candidate, news_of(posts)) if posts else None

    def _as_pick(self, candidate: Candidate, news: News) -> Pick:
        own_space = candidate.space_id in self.person.own_spaces
        mentioned = (
            any(post.id in self.person.mentioned for post in news.posts) if self.person.mentioned else False
        )
        section = Section.REVIVED if news.revived else Section.ACTIVE
        if candidate.author_id == self.person.id or mentioned:
            section = Section.FOR_YOU
        elif candidate.unanswered and own_space:
            section = Section.UNANSWERED
        return Pick(candidate, news, section, tuple(self.tags.get(candidate.id, ())), mentioned)

    def counts(self) -> Counter[int]:
        """How many threads with news there are for this member, by space."""
        counts = self.common.counts.copy()
        for thread_id in self.special:
            candidate = self.pool.candidates[thread_id]
            in_bucket = candidate.bucket_no in self.common.buckets
            counts[candidate.space_id] += (thread_id in self.particular) - in_bucket
        return +counts

    def by_section(self, quota: int) -> dict[Section, list[Pick]]:
        """The picks of each section in its order: as many as can get a seat or be a title, and perhaps some more."""
        found: dict[Section, list[Pick]] = {section: [] for section in Section}
        for pick in self.particular.values():
            found[pick.section].append(pick)
        enough = quota * 2 if quota == QUOTA else MOST_ITEMS + MOST_TITLES
        for waiting in (self.common.unanswered, self.common.active, self.common.revived):
            for pick in self._common(waiting, enough):
                found[pick.section].append(pick)
        for section, picks in found.items():
            if section == Section.UNANSWERED:
                picks.sort(key=lambda pick: (pick.candidate.created_at, pick.candidate.id))
            else:
                picks.sort(key=lambda pick: pick.news.rank)
        return found

    def _common(self, waiting: "_Row", enough: int) -> Iterator[Pick]:
        """Threads that are decided with their bucket, until there are enough of several spaces."""
        taken: dict[int, int] = {}
        most = MOST_COMMON
        for pick in waiting.picks():
            candidate = pick.candidate
            space_id = candidate.bucket.space_id
            if candidate.id in self.special or taken.get(space_id, 0) == enough:
                continue
            taken[space_id] = taken.get(space_id, 0) + 1
            most -= 1
            yield pick
            if not most:
                return


def _takes(preferences: DigestPreferences, facts: ThreadFacts, person: Person) -> bool:
    outcome = precedence.delivery(preferences, facts, own_space=facts.space_id in person.own_spaces)
    # What comes at once and did is no longer among the new posts; the rest of it is told here.
    return outcome != Delivery.NOTHING


class _Row:
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


class _Common:
    """What is the same in a window for all members who may read the same and chose the same."""

    def __init__(self, pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> None:
        self.pool, self.window, self.near = pool, window, frozenset(person.own_spaces)
        self.buckets = _buckets(pool, window, person, preferences)
        self.counts: Counter[int] = Counter()
        for number in self.buckets:
            self.counts[pool.buckets[number].space_id] += window.buckets[number]
        self.unanswered = _Row(window.unanswered, lambda thread_id: self._pick(thread_id, unanswered=True))
        self.active, self.revived = (
            _Row(thread_ids, lambda thread_id: self._pick(thread_id, unanswered=False))
            for thread_ids in (window.active, window.revived)
        )

    def _pick(self, thread_id: int, *, unanswered: bool) -> Pick | None:
        candidate = self.pool.candidates[thread_id]
        is_waiting = candidate.unanswered and candidate.bucket.space_id in self.near
        if candidate.bucket_no not in self.buckets or is_waiting is not unanswered:
            return None
        news = self.window.news[thread_id]
        section = Section.REVIVED if news.revived else Section.ACTIVE
        return Pick(candidate, news, Section.UNANSWERED if is_waiting else section)


def _common_for(pool: Pool, window: Window, person: Person, preferences: DigestPreferences) -> _Common:
    """What a member has in common with others, kept with the window."""
    muted = [space_id for space_id, level in person.spaces.items() if level == FollowLevel.NOTHING]
    key = (
        frozenset(person.reach),
        frozenset(person.own_spaces),
        frozenset(muted),
        preferences.elsewhere,
        frozenset(preferences.spaces.items()),
        frozenset(preferences.axes.items()),
    )
    if key not in window.common:
        if len(window.common) == MOST_ALIKE:
            window.common.clear()
        window.common[key] = _Common(pool, window, person, preferences)
    common: _Common = window.common[key]
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
            outcomes[key] = _takes(preferences, ThreadFacts(0, *key), person)
        if outcomes[key]:
            taken.add(number)
    return taken
