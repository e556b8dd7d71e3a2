"""Which threads stand in one member's digest, and how: by ids, without a database and without words.

Order: answers to what they asked and posts that mention them, unanswered stories of their spaces, active threads by
different cities and people, revived ones. Each gets a seat in turn; what has none is a title, or counted.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forum.domain.digests import precedence
from forum.domain.digests.alike import Row, common_for
from forum.domain.digests.personal import Person
from forum.domain.digests.picks import Pick, Section, takes
from forum.domain.digests.pool import Candidate, NewPost, News, Pool, Window, news_of
from forum.domain.digests.precedence import Rule, ThreadFacts, Told
from forum.domain.digests.subscriptions import DigestPreferences

MOST_ITEMS = 7  # with text
MOST_TITLES = 6
# Of those that are decided with others: enough for seats and titles, also where two sections filled some spaces.
MOST_COMMON = 40
QUOTA = 3  # of each space, both with text and as titles, unless only one has any news


LESSONS = "lessons"  # get seats like the sections, between them
SEATS = (Section.FOR_YOU, LESSONS, Section.UNANSWERED, Section.ACTIVE, Section.REVIVED)


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
    queues = choice.queues(quota)
    selection = Selection()
    selection.items, selection.lessons = _seated(queues, lessons, quota)
    seated = {pick.candidate.id for pick in selection.items}
    rest = (
        pick for section in Section for pick in queues[section].picks() if pick.candidate.id not in seated
    )
    selection.titles = _within(rest, quota, MOST_TITLES)
    told = Counter(pick.space_id for pick in (*selection.items, *selection.titles))
    selection.left = {space: many - told[space] for space, many in counts.items() if many > told[space]}
    return selection


def _seated(queues: Mapping[Section, Row], lessons: int, quota: int) -> tuple[list[Pick], int]:
    """Seats in turn, so that no section fills the letter before the next has one."""
    taken: Counter[int] = Counter()
    waiting = {section: row.picks() for section, row in queues.items()}
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
        self.common = common_for(pool, window, person, preferences)
        tagged = pool.tagged(preferences.tags) if preferences.tags else {}
        self.tags: dict[int, list[int]] = {}
        for tag_id, thread_ids in tagged.items():
            for thread_id in thread_ids:
                self.tags.setdefault(thread_id, []).append(tag_id)
        own = set(window.own.get(person.id, ()))
        special = own | person.differs_in() | preferences.threads.keys() | self.tags.keys()
        if person.mailed or person.mentioned or person.planned:
            touched = (person.mailed | person.mentioned | person.planned.keys()) & pool.thread_of.keys()
            special |= {pool.thread_of[post_id] for post_id in touched}
        self.special = special & window.news.keys()
        self.particular = {
            pick.candidate.id: pick for pick in map(self._pick, self.special) if pick is not None
        }

    def _facts(self, candidate: Candidate) -> ThreadFacts:
        tags = sorted(self.tags.get(candidate.id, ()))
        return ThreadFacts(candidate.id, candidate.space_id, candidate.bucket.axis, tags)

    def _takes(self, facts: ThreadFacts, told: Told) -> bool:
        return takes(self.preferences, facts, self.person, told)

    def _pick(self, thread_id: int) -> Pick | None:
        """A thread that is decided by itself."""
        candidate, person = self.pool.candidates[thread_id], self.person
        if not person.may_reach(candidate.bucket) or person.mutes(thread_id, candidate.space_id):
            return None
        facts = self._facts(candidate)
        posts = person.new(self.window.news[thread_id].posts, self.preferences)
        if person.planned:
            posts = self._without_waiting(candidate, facts, posts)
        calling = _calling(person, posts)
        addressed = Rule.MENTION if calling else None
        if candidate.author_id == person.id and not person.stopped("answers"):
            addressed = Rule.ANSWERS
        told = person.told_of(thread_id, candidate.space_id, addressed=addressed)
        if not posts or not self._takes(facts, told):
            return None
        if addressed == Rule.MENTION and not self._takes(facts, told.but_addressed()):
            posts = calling
        mentioned_by = calling[-1].author_id if calling else None
        return self._as_pick(candidate, news_of(posts), told, mentioned_by=mentioned_by)

    def _without_waiting(
        self, candidate: Candidate, facts: ThreadFacts, posts: Sequence[NewPost]
    ) -> list[NewPost]:
        """The posts that no mail of their own will carry that still waits."""
        follows = self.person.follows_all(candidate.id)
        said = precedence.chosen(self.preferences, facts, follows=follows)
        return [post for post in posts if not self.person.waits_in_a_mail(post.id, candidate, said)]

    def _as_pick(self, candidate: Candidate, news: News, told: Told, *, mentioned_by: int | None) -> Pick:
        section = Section.REVIVED if news.revived else Section.ACTIVE
        if told.addressed:
            section = Section.FOR_YOU
        elif candidate.unanswered and candidate.space_id in self.person.own_spaces:
            section = Section.UNANSWERED
        return Pick(candidate, news, section, tuple(self.tags.get(candidate.id, ())), mentioned_by, told)

    def counts(self) -> dict[int, int]:
        """How many threads with news there are for this member, by space."""
        counts = self.common.counts.copy()
        for thread_id in self.special:
            candidate = self.pool.candidates[thread_id]
            space_id, in_bucket = candidate.space_id, self.common.buckets[candidate.bucket_no]
            counts[space_id] = counts.get(space_id, 0) + (thread_id in self.particular) - in_bucket
        return {space_id: count for space_id, count in counts.items() if count > 0}

    def queues(self, quota: int) -> dict[Section, Row]:
        """The picks of each section in its order: as many as can get a seat or be a title, and perhaps some more."""
        enough = quota * 2 if quota == QUOTA else MOST_ITEMS + MOST_TITLES
        return {section: Row(self._queue(section, enough)) for section in Section}

    def _queue(self, section: Section, enough: int) -> Iterator[Pick]:
        order = _by_age if section == Section.UNANSWERED else _by_rank
        own = [pick for pick in self.particular.values() if pick.section == section]
        if section not in self.common.rows:
            return iter(sorted(own, key=order))
        others = self._common(self.common.rows[section], enough)
        return heapq.merge(sorted(own, key=order), others, key=order) if own else others

    def _common(self, waiting: Row, enough: int) -> Iterator[Pick]:
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


def _by_rank(pick: Pick) -> tuple[Any, ...]:
    return pick.news.rank


def _by_age(pick: Pick) -> tuple[Any, ...]:
    return pick.candidate.created_at, pick.candidate.id


def _calling(person: Person, posts: Sequence[NewPost]) -> list[NewPost]:
    """The posts that mention them, unless they stopped being told of that."""
    if not person.mentioned or person.stopped("mentions"):
        return []
    return [post for post in posts if post.id in person.mentioned]
