"""What a batch of members is told: candidates chosen for each, then asked of the rule again as their words are read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from forum.domain.digests import needs, older, personal, personal_queries, selection
from forum.domain.digests.items import NAMED, Because, ThreadNews
from forum.domain.digests.lesson_news import Lessons
from forum.domain.digests.letter import DigestLetter, LeftOut
from forum.domain.digests.older import Stretch
from forum.domain.digests.picks import Pick
from forum.domain.digests.pool import GRACE, NewPost, News, Pool
from forum.domain.digests.precedence import Reason, Rule
from forum.domain.digests.selection import Selection
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.mailing import mail_policy
from forum.domain.people.bylines import Byline, speaker
from forum.domain.threads import mentions
from forum.infra import days, i18n, pairs
from forum.infra.statements import select_rows
from forum.models.spaces import Audience, MailPolicy
from forum.policy.actors import Actor

Key = tuple[int, int]  # a member and a thread
# What the space of a thread lets mails say, and who may read it.
Seen = tuple[MailPolicy | None, Audience]
SHOWN = 600  # characters of a post, also where whole posts may stand in mails


@dataclass(frozen=True)
class Order:
    """Whose letter, and from when to when; of threads, what is new from before `told_from` is only counted.

    `as_if_new`: as if they had read and been told nothing.
    """

    actor: Actor
    preferences: DigestPreferences
    starts_at: datetime
    told_from: datetime
    ends_at: datetime
    as_if_new: bool = False
    grace: timedelta = GRACE

    @property
    def since(self) -> datetime:
        """After which posts are told."""
        return self.told_from - self.grace

    @property
    def until(self) -> datetime:
        """Up to which."""
        return self.ends_at - self.grace


class Batch:
    """What is asked for all the members of a batch."""

    def __init__(self, pool: Pool, orders: Sequence[Order]) -> None:
        """Ask it (as many queries as for one member)."""
        self.pool = pool
        since = min(order.since for order in orders)
        spaces = {bucket.space_id for bucket in pool.buckets}
        self.people = personal.people((order.actor for order in orders), spaces, since)
        self.lessons = Lessons(
            list(self.people),
            min(order.starts_at for order in orders),
            max(order.ends_at for order in orders),
        )
        self.lessons_of = {
            order.actor.id: self.lessons.of(
                self.people[order.actor.id], order.preferences, order.starts_at, order.ends_at
            )
            for order in orders
        }
        self.needs = needs.of_many(self.people.values())
        self.older = older.counts(
            [self._stretch(order) for order in orders if order.starts_at < order.told_from]
        )
        self.selected = {order.actor.id: self._select(order) for order in orders}
        chosen: dict[Key, Pick] = {
            (member_id, pick.candidate.id): pick
            for member_id, found in self.selected.items()
            for pick in (*found.items, *found.titles)
        }
        self.seen = _still_seen(chosen) if chosen else {}
        self.posts = _posts(chosen.values()) if self.seen else {}
        self.words = mentions.in_plain({row.id: row.plain for row in self.posts.values()})
        self.firsts = self._firsts(chosen)
        self._made: dict[tuple[Any, ...], ThreadNews] = {}
        self._told: dict[tuple[int, Seen, str], tuple[mail_policy.Told, Byline | None]] = {}
        # Members of whose letter something is no longer there.
        self.changed = {
            member_id
            for (member_id, thread_id), pick in chosen.items()
            if (member_id, thread_id) not in self.seen or pick.news.newest.id not in self.posts
        }

    def _stretch(self, order: Order) -> Stretch:
        return Stretch(
            self.people[order.actor.id],
            order.preferences,
            order.starts_at - order.grace,
            order.since,
            only_unread=order.preferences.only_unread and not order.as_if_new,
        )

    def _select(self, order: Order) -> Selection:
        person, since = self.people[order.actor.id], order.since
        if order.as_if_new:
            person.forget()
        elif order.preferences.only_unread and person.read_up_to is not None:
            since = max(since, person.read_up_to)
        window = self.pool.window(min(since, order.until), order.until)
        lessons = len(self.lessons_of[person.id])
        return selection.select(self.pool, window, person, order.preferences, lessons=lessons)

    def _firsts(self, chosen: Iterable[Key]) -> dict[Key, int]:
        """Where whoever opened a thread before goes on reading."""
        opened = [
            (member_id, thread_id)
            for member_id, thread_id in chosen
            if thread_id in self.people[member_id].marks
        ]
        if not opened:
            return {}
        values = {"pairs": pairs.written(opened)}
        rows = select_rows(personal_queries.first_unread(pairs.database()), values)
        return {(row.one, row.other): row.number for row in rows}

    def letter(self, order: Order) -> DigestLetter:
        """Return the letter of a member, in the language of the moment."""
        member_id, chosen = order.actor.id, self.selected[order.actor.id]
        lessons = self.lessons_of[member_id]
        return DigestLetter(
            member_id=member_id,
            name=order.actor.name,
            frequency=order.preferences.frequency,
            chosen_at=order.preferences.chosen_at,
            starts_at=order.starts_at,
            ends_at=order.ends_at,
            told_from=order.told_from,
            older_threads=self.older.get(member_id, 0),
            needs=self.needs[member_id],
            lessons=lessons[: chosen.lessons],
            more_lessons=len(lessons) - chosen.lessons,
            entries=[news for pick in chosen.items if (news := self._news(order, pick))],
            titles=[news for pick in chosen.titles if (news := self._news(order, pick))],
            left_out=self._left_out(chosen.left),
        )

    def _left_out(self, left: Mapping[int, int]) -> list[LeftOut]:
        spaces = self.pool.spaces
        order = sorted(left, key=lambda space_id: (-left[space_id], spaces[space_id].space_sort_key))
        return [LeftOut(spaces[one].space_name, spaces[one].space_slug, left[one]) for one in order]

    def _news(self, order: Order, pick: Pick) -> ThreadNews | None:
        """A thread as it stands in a letter, one object for all members of the batch to whom it is the same."""
        member_id, candidate, news = order.actor.id, pick.candidate, pick.news
        key = (member_id, candidate.id)
        seen, newest = self.seen.get(key), self.posts.get(news.newest.id)
        if seen is None or newest is None:
            return None
        first_new = self.firsts.get(key) or news.posts[0].number
        reasons = tuple(pick.reasons(order.preferences, order.actor.roles))
        own = candidate.author_id == member_id
        # What is new stands for itself: the picks of this batch keep it.
        known = (id(news), seen, pick.section, reasons, first_new, own, pick.mentioned_by, i18n.locale())
        if known not in self._made:
            self._made[known] = self._make(pick, newest, seen, reasons, first_new=first_new, own=own)
        return self._made[known]

    def _make(
        self, pick: Pick, newest: Any, seen: Seen, reasons: Sequence[Reason], *, first_new: int, own: bool
    ) -> ThreadNews:
        candidate, news = pick.candidate, pick.news
        told, newest_by = self._said(newest, seen)
        names = self._names(news) if told.is_named else ()
        return ThreadNews(
            id=candidate.id,
            slug=newest.slug if told.is_named else "",
            title=told.title,
            words=told.words,
            section=pick.section,
            because=tuple(self._because(reason, pick, is_named=told.is_named) for reason in reasons),
            space_id=candidate.space_id,
            space_name=candidate.space_name,
            newest_by=newest_by,
            people=names if news.people <= NAMED else names[:1],
            people_count=news.people if told.is_named else 0,
            cities=news.cities if told.is_named else (),
            new_count=len(news.posts),
            first_new=first_new,
            own=own,
            mentioned=pick.mentioned_by is not None,
            mentioned_by=self._name(news, pick.mentioned_by) if told.is_named else "",
            created_at=candidate.created_at,
        )

    def _said(self, newest: Any, seen: Seen) -> tuple[mail_policy.Told, Byline | None]:
        """What a mail may tell of the newest post, and who wrote it: the same for all of whom this was seen."""
        key = (newest.id, seen, i18n.locale())
        if key not in self._told:
            told = _tells(seen, newest.title, self.words[newest.id])
            newest_by = speaker(newest, days.today(), said_at=newest.created_at) if told.is_named else None
            self._told[key] = (told, newest_by)
        return self._told[key]

    def _names(self, news: News) -> tuple[str, ...]:
        """The names behind the posts of a few people, who wrote last first."""
        rows = (self.posts.get(post.id) for post in reversed(_spoken(news)))
        return tuple(dict.fromkeys(row.author_name for row in rows if row is not None))

    def _name(self, news: News, author_id: int | None) -> str:
        """The name of one of those behind the posts, "" where they are many and it is not the last of them."""
        rows = (self.posts.get(post.id) for post in _spoken(news) if post.author_id == author_id)
        return next((row.author_name for row in rows if row is not None), "")

    def _because(self, reason: Reason, pick: Pick, *, is_named: bool) -> Because:
        if reason.rule in {Rule.AXIS, Rule.TAG} and not is_named:
            return Because(reason.rule, "")
        if reason.rule == Rule.AXIS:
            return Because(reason.rule, str(reason.about))
        if reason.rule == Rule.TAG and isinstance(reason.about, int):
            return Because(reason.rule, self.pool.tag_names[pick.candidate.id, reason.about])
        return Because(reason.rule, pick.candidate.space_name)


@lru_cache(maxsize=2048)
def _tells(seen: Seen, title: str, words: str) -> mail_policy.Told:
    """What mails may tell of a post with these words, the same in many batches."""
    return mail_policy.told(*seen, title=title, plain=mail_policy.shortened(words, SHOWN))


def _spoken(news: News) -> Sequence[NewPost]:
    """The last post of each who spoke, if they are few; else the newest."""
    if news.people > NAMED:
        return [news.newest]
    last = {post.author_id: post for post in news.posts}
    return sorted(last.values(), key=lambda post: post.number)


def _still_seen(chosen: Iterable[Key]) -> dict[Key, Seen]:
    """What each member may still see of what was chosen for them, and what a mail may say of it (one query)."""
    values = {"pairs": pairs.written(chosen)}
    rows = select_rows(personal_queries.still_seen(pairs.database()), values)
    return {(row.one, row.other): (row.mail_policy, Audience(row.audience)) for row in rows}


def _posts(picks: Iterable[Pick]) -> dict[int, Any]:
    """The posts whose words or authors are shown, as far as they stand (one query)."""
    found = {id(pick.news): pick.news for pick in picks}
    ids = {post.id for news in found.values() for post in _spoken(news)}
    return {row.id: row for row in select_rows(personal_queries.posts(), {"ids": list(ids)})}
