"""Members as the selection needs them: where they may read, what they have read, follow, and were told already."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from forum.domain.digests import need_queries, personal_queries
from forum.domain.digests.pool import GRACE, Bucket, Candidate, NewPost
from forum.domain.digests.precedence import Rule, Told
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.mailing import notice_choices, reasons
from forum.infra import clock
from forum.infra.statements import select_rows
from forum.models.following import FollowLevel
from forum.models.spaces import Audience
from forum.models.subscriptions import Delivery
from forum.policy.actors import Actor


@dataclass
class Person:
    """One member at this moment."""

    actor: Actor
    reach: frozenset[tuple[int, Audience]] = frozenset()
    marks: dict[int, int] = field(default_factory=dict)  # thread: up to which post
    ahead: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    threads: dict[int, FollowLevel] = field(default_factory=dict)
    chosen: set[int] = field(default_factory=set)  # of these threads, not those in which they only wrote
    spaces: dict[int, FollowLevel] = field(default_factory=dict)
    choices: dict[str, Delivery] = field(default_factory=dict)  # by stop: how that kind of mail reaches them
    mailed: set[int] = field(default_factory=set)  # posts that reached them in a mail of their own, or will
    # Posts that a mail may carry that still waits, with the kinds as which they were told, and whether by a change.
    planned: dict[int, list[tuple[str, bool]]] = field(default_factory=dict)
    mentioned: set[int] = field(default_factory=set)  # posts
    told: dict[tuple[str, int], datetime] = field(default_factory=dict)  # item: until when
    # By kind: how many wait, and since when the newest does.
    waiting: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    read_up_to: datetime | None = None

    @property
    def id(self) -> int:
        """The member's."""
        return self.actor.id

    @property
    def own_spaces(self) -> Collection[int]:
        """Where they belong."""
        return self.actor.roles

    def forget(self) -> None:
        """Let nothing be read, mailed or told: for an example."""
        self.marks, self.ahead, self.told = {}, {}, {}
        self.mailed, self.planned = set(), {}

    def may_reach(self, bucket: Bucket) -> bool:
        """Return whether they are in the audience of these threads."""
        return (bucket.space_id, bucket.audience) in self.reach

    def mutes(self, thread_id: int, space_id: int) -> bool:
        """Return whether they want to hear nothing of a thread: what they chose for it goes before its space."""
        level = self.threads.get(thread_id) or self.spaces.get(space_id)
        return level == FollowLevel.NOTHING

    def stopped(self, name: str) -> bool:
        """Return whether they stopped the mails of that name: they come by no other letter either."""
        return notice_choices.delivery(self.choices, name, Delivery.AT_ONCE) == Delivery.NOTHING

    def waits_in_a_mail(self, post_id: int, candidate: Candidate, subscribed: Delivery | None) -> bool:
        """Return whether a mail of its own that still waits will carry a post; `subscribed` as in `reasons.way`."""
        answers = candidate.author_id == self.id
        level = self.threads.get(candidate.id) or self.spaces.get(candidate.space_id)
        found = (
            reasons.of_post(kind, changed=changed, answers=answers, level=level, subscribed=subscribed)
            for kind, changed in self.planned.get(post_id, ())
        )
        return any(reasons.way(one, self.choices, subscribed).is_at_once for one in found)

    def follows_all(self, thread_id: int) -> bool:
        """Return whether they chose to follow every post of a thread."""
        return thread_id in self.chosen and self.threads.get(thread_id) == FollowLevel.ALL

    def told_of(self, thread_id: int, space_id: int, *, addressed: Rule | None = None) -> Told:
        """Return what they are told of a thread that is not muted; number 0 is any thread that they do not follow."""
        if self.stopped("followed"):
            return Told(addressed=addressed)
        rule = Rule.FOLLOWED if thread_id in self.chosen else Rule.WROTE
        level = self.threads.get(thread_id)
        all_of_space = level is None and self.spaces.get(space_id) == FollowLevel.ALL
        return Told(rule if level == FollowLevel.ALL else None, all_of_space, addressed)

    def new(self, posts: Sequence[NewPost], preferences: DigestPreferences) -> list[NewPost]:
        """Return those of the posts of one thread that they are told of."""
        thread_id = posts[0].thread_id
        kept = [post for post in posts if post.author_id != self.id and post.id not in self.mailed]
        until = self.told.get(("thread", thread_id))
        if until is not None:
            kept = [post for post in kept if post.created_at > until - GRACE]
        if not preferences.only_unread:
            return kept
        mark, ahead = self.marks.get(thread_id, 0), self.ahead.get(thread_id, ())
        return [
            post
            for post in kept
            if post.number > mark and not any(first <= post.number <= last for first, last in ahead)
        ]

    def differs_in(self) -> set[int]:
        """Return the threads of which something is theirs alone."""
        told = {item_id for kind, item_id in self.told if kind == "thread"}
        return self.marks.keys() | self.ahead.keys() | self.threads.keys() | told


def people(actors: Iterable[Actor], space_ids: Collection[int], since: datetime) -> dict[int, Person]:
    """Return these members as they are now, by id (two queries); `since`: the earliest that they are told of."""
    persons = {actor.id: Person(actor) for actor in actors}
    values = {"member_ids": list(persons), "since": since, **need_queries.values(clock.now())}
    for row in select_rows(personal_queries.facts(), values):
        _note(persons[row.member_id], row)
    if space_ids:
        values = {"member_ids": list(persons), "space_ids": list(space_ids)}
        found: dict[int, list[Any]] = defaultdict(list)
        for row in select_rows(personal_queries.reach(), values):
            found[row[0]].append(tuple(row[1:]))
        for member_id, within in found.items():
            persons[member_id].reach = _reach(tuple(sorted(within)))
    return persons


@lru_cache(maxsize=1024)
def _reach(spaces: tuple[tuple[Any, ...], ...]) -> frozenset[tuple[int, Audience]]:
    """The audiences of spaces in which somebody is; each space with whether they are in each: many have the same."""
    return frozenset(
        (space_id, level)
        for space_id, *levels in spaces
        for level, is_within in zip(Audience, levels, strict=True)
        if is_within
    )


def _note(person: Person, row: Any) -> None:
    if row.what == "mark":
        person.marks[row.one] = row.two
    elif row.what == "ahead":
        person.ahead[row.one].append((row.two, row.three))
    elif row.what == "thread":
        person.threads[row.one] = FollowLevel(row.said)
        if row.two:
            person.chosen.add(row.one)
    elif row.what == "space":
        person.spaces[row.one] = FollowLevel(row.said)
    elif row.what == "mailed" and row.said:
        person.planned.setdefault(row.one, []).append((row.said, row.two == 1))
    elif row.what == "mailed":
        person.mailed.add(row.one)
    elif row.what == "mention":
        person.mentioned.add(row.one)
    elif row.what == "told":
        person.told[row.said, row.one] = row.at
    elif row.what.startswith(need_queries.NEED):
        person.waiting[row.what.removeprefix(need_queries.NEED)] = (row.one, row.at)
    elif row.what.startswith(personal_queries.STOP):
        person.choices[row.what.removeprefix(personal_queries.STOP)] = Delivery(row.said)
    else:
        person.read_up_to = row.at
