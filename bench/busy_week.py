"""A network in a busy week, for the benchmark of digests: members of thirteen cities, threads, what they read and want.

The same for the same numbers, apart from the moment. Windows of digests are open for a sample of the members only; the
others had their letter of this week, so that a worker sends the sample and nothing else.
"""

import argparse
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import text, update

from forum import create_app
from forum.demo.synthetic.load import Loader, line_up
from forum.demo.synthetic.network import Row
from forum.demo.synthetic.words import pool
from forum.domain.digests import calendar, windows
from forum.infra import clock
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member
from forum.models.cities import CITIES
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.mail import OutgoingMail
from forum.models.spaces import Audience, Membership, Role, Space, SpaceKind
from forum.models.subscriptions import (
    Delivery,
    Digest,
    DigestChoice,
    DigestState,
    Frequency,
    LessonChoice,
    Subscription,
)
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostRevision, ReadMark, Thread

ZONE = "Europe/Brussels"
CHOICE = calendar.Schedule(Frequency.WEEKLY, 0, 7, ZONE)
CITY_LIST = [city for city in CITIES if not city.partner][:13]
SPACES = len(CITY_LIST)
AUDIENCES = (Audience.SPACE, Audience.NETWORK, Audience.NETWORK, Audience.PUBLIC)
PARKED = timedelta(days=3650)  # a letter that no run of the benchmark has asked for yet
WEEK = 10_000  # minutes


class BusyWeek:
    """Rows of the network, table by table as they refer to each other."""

    def __init__(self, members: int, threads: int, sample: int, now: datetime) -> None:
        self.members, self.threads, self.sample = members, threads, sample
        self.now, self.window = now, calendar.latest(CHOICE, now)
        self.end = self.window.ends_at
        self._chance = random.Random(1)
        self._texts = pool(1)
        self._posts = 0

    def rows(self) -> Iterator[Row]:
        """All of them."""
        yield from self._spaces()
        for member in range(1, self.members + 1):
            yield from self._member(member)
            yield from self._wishes(member)
        for thread in range(1, self.threads + 1):
            yield from self._thread(thread)
        for member in range(1, self.members + 1):
            yield from self._reading(member)

    def _spaces(self) -> Iterator[Row]:
        for number, city in enumerate(CITY_LIST, 1):
            space = {"id": number, "slug": city.code, "name": city.name, "sort_key": sort_key(city.name)}
            space |= {"description": "", "kind": SpaceKind.CITY, "city": city.code}
            space |= {"default_audience": Audience.SPACE, "widest_audience": Audience.PUBLIC}
            yield Space, {**space, "created_at": self.now - timedelta(days=900)}

    def _member(self, number: int) -> Iterator[Row]:
        chance, name = self._chance, f"Lid {number}"
        at = self.now - timedelta(days=chance.randint(30, 900))
        read_at = self.end - timedelta(days=chance.randint(1, 300)) if chance.random() < 0.3 else at
        member = {"id": number, "handle": f"lid-{number}", "name": name, "sort_key": sort_key(name)}
        member |= {"email": f"lid-{number}@people.example", "password_stamp": f"{number:032d}"}
        member |= {"locale": "nl", "timezone": ZONE, "created_at": at, "confirmed_at": at}
        yield Member, {**member, "approved_at": at, "all_read_at": read_at}
        capacity = {"id": number, "member_id": number, "function": "wijkwerker", "level": Level.FIELD}
        capacity |= {"body": Body.CITY, "city": CITY_LIST[number % SPACES].code, "starts_on": at.date()}
        # Affirmed, or the yearly question would leave beside the digests.
        capacity |= {"confirmation": Confirmation.OPERATOR, "confirmed_at": at}
        yield Capacity, {**capacity, "affirmed_at": self.now}
        home = number % SPACES
        role = Role.MEMBER if number % 20 else Role.GUEST
        yield Membership, _membership(2 * number, number, home + 1, role, at)
        if number % 5 == 0:
            other = (home + 1 + number // 5 % (SPACES - 1)) % SPACES
            yield Membership, _membership(2 * number + 1, number, other + 1, Role.MEMBER, at)

    def _wishes(self, number: int) -> Iterator[Row]:
        chance = self._chance
        wish = {"member_id": number, "frequency": CHOICE.frequency, "weekday": CHOICE.weekday}
        wish |= {"hour": CHOICE.hour, "chosen_at": self.end - timedelta(days=9), "lessons": LessonChoice.ALL}
        elsewhere = Delivery.DIGEST if number % 3 else Delivery.NOTHING
        yield DigestChoice, {**wish, "only_unread": True, "elsewhere": elsewhere}
        if number % 4 == 0:
            for place, axis in enumerate(Axis):
                if chance.random() < 0.5:
                    delivery = chance.choice(list(Delivery))
                    one = {"id": 10 * number + place, "member_id": number, "axis": axis}
                    yield Subscription, {**one, "delivery": delivery}
        if number % 3 == 0:
            space = chance.randint(1, SPACES)
            one = {"id": 10 * number + 9, "member_id": number, "space_id": space}
            yield Subscription, {**one, "delivery": Delivery.DIGEST}
        if number > self.sample:
            told = {"member_id": number, "period": self.window.period, "state": DigestState.SENT}
            told |= {"starts_at": self.end - timedelta(days=7), "ends_at": self.end}
            yield Digest, {**told, "id": number, "created_at": self.end, "sent_at": self.end}

    def _thread(self, number: int) -> Iterator[Row]:
        chance, words = self._chance, self._texts[number % len(self._texts)]
        is_old = chance.random() < 0.4
        count = 1 if chance.random() < 0.2 and not is_old else chance.choice((2, 3, 5, 9, 16))
        before = timedelta(days=chance.randint(8, 200) if is_old else 0, minutes=chance.randint(20, WEEK))
        began = self.end - before
        later = (self.end - timedelta(minutes=chance.randint(15, WEEK)) for _answer in range(count - 1))
        times = sorted([began, *(max(began, time) for time in later)])
        authors = [chance.randint(1, self.members) for _post in times]
        thread: dict[str, Any] = {
            "id": number,
            "space_id": min(SPACES, 1 + int(SPACES * chance.random() ** 1.5)),
        }
        thread |= {"author_id": authors[0], "title": f"{words.title} {number}", "slug": f"gesprek-{number}"}
        thread |= {"need": chance.choice(list(Need)), "axis": chance.choice(list(Axis)), "summary": "x"}
        thread |= {"audience": chance.choice(AUDIENCES), "cities": [], "post_count": count}
        thread |= {"last_number": count, "created_at": times[0], "last_post_at": times[-1]}
        thread |= {"answered_at": times[1] if count > 1 else None, "idempotency_key": str(uuid.uuid4())}
        yield Thread, thread
        for place, (at, author) in enumerate(zip(times, authors, strict=True), 1):
            yield from self._post(number, place, author, at)

    def _post(self, thread: int, place: int, author: int, at: datetime) -> Iterator[Row]:
        self._posts += 1
        body, html, plain = self._texts[thread % len(self._texts)].said(self._posts)
        post: dict[str, Any] = {"id": self._posts, "thread_id": thread, "number": place, "author_id": author}
        post |= {"capacity_id": author, "html": html, "render_version": 2, "created_at": at}
        yield Post, {**post, "idempotency_key": str(uuid.uuid4())}
        revision: dict[str, Any] = {
            "id": self._posts,
            "post_id": self._posts,
            "number": 1,
            "body": body,
            "plain": plain,
        }
        yield PostRevision, {**revision, "title": "", "created_at": at, "editor_id": author}

    def _reading(self, number: int) -> Iterator[Row]:
        chance = self._chance
        wanted = chance.choice((0, 0, 0, 0, 2, 6, 20))
        for thread in sorted({chance.randint(1, self.threads) for _one in range(wanted)}):
            mark: dict[str, Any] = {"member_id": number, "thread_id": thread}
            yield ReadMark, {**mark, "last_number": chance.randint(1, 3), "read_at": self.now}
            if chance.random() < 0.1:
                level = chance.choice(list(FollowLevel))
                yield ThreadFollow, {**mark, "level": level, "chosen": True, "changed_at": self.now}


def _membership(number: int, member: int, space: int, role: Role, at: datetime) -> dict[str, Any]:
    return {"id": number, "member_id": member, "space_id": space, "role": role, "since_at": at}


def main() -> None:
    """Fill the empty database of DATABASE_URL; the letters of the sample are queued, and parked."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name in ("members", "threads", "sample"):
        asked.add_argument(f"--{name}", type=int, required=True)
    given = asked.parse_args()
    with create_app().app_context():
        upgrade()
        now = clock.now()
        week = BusyWeek(given.members, given.threads, given.sample, now)
        Loader(db.session.connection()).take(week.rows())
        line_up(db.session.connection())
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        opened = windows.open_all(now)
        db.session.execute(update(OutgoingMail).values(next_try_at=now + PARKED))
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        if opened != given.sample:
            raise RuntimeError(f"{opened} windows were opened for a sample of {given.sample}.")


if __name__ == "__main__":
    main()
