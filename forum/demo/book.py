"""What was loaded so far: the ids that the names of the demo file got, and counts of everything."""

import json
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from forum.demo import dates
from forum.infra import clock, days
from forum.policy.actors import Actor, actor_of

# Dates like those of the file, and moving with them.
FOUNDED = "2025-06-02"  # before the first post of the demo
CAUGHT_UP = "2026-06-01"  # everything before counts as read: people have some news, and not everything unread
FOLDER = Path(__file__).resolve().parent.parent.parent / "demo"


@dataclass
class Book:
    """The demo file, and the ids of its rows."""

    source: dict[str, Any]
    descriptions: dict[str, str]
    shift: timedelta  # by which every date of the file moves
    members: dict[str, int] = field(default_factory=dict)
    spaces: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    lessons: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    not_loaded: Counter[str] = field(default_factory=Counter)  # what a later version will load
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Return the actor of a person; call it once every role is given. LookupError for one who cannot act."""
        if name not in self._actors:
            actor = actor_of(self.members[name])
            if actor is None:
                raise LookupError(f"{name} of the demo cannot act")
            self._actors[name] = actor
        return self._actors[name]

    def person(self, name: str) -> dict[str, Any]:
        """Return what the file says of a person."""
        return next(one for one in self.source["people"] if one["id"] == name)

    def moment(self, written: str) -> datetime:
        """Return a moment of the file, moved; a day alone means nine in the morning."""
        return dates.read(written) + self.shift  # of the clock on the wall: the hour stays

    def day(self, written: str) -> date:
        """Return the day of a moment of the file, moved."""
        return days.day_of(self.moment(written))

    def on(self, written: str) -> AbstractContextManager[datetime]:
        """Stop the clock at a moment of the file, moved."""
        return clock.at(self.moment(written))

    def said_at(self, post: str) -> datetime:
        """Return when a post was written."""
        return self.moment(self._post(post)["created"])

    def author_of(self, post: str) -> str:
        """Return the name of a post's author."""
        return str(self._post(post)["author"])

    def _post(self, post: str) -> dict[str, Any]:
        thread_name, _, number = post.partition("-")
        thread: dict[str, Any] = next(one for one in self.source["threads"] if one["id"] == thread_name)
        return thread if number == "0" else next(one for one in thread["replies"] if one["id"] == post)

    def posters(self, space: str) -> list[str]:
        """Return who posts in a space, in the order of their first post."""
        names = [
            name
            for thread in self.source["threads"]
            if thread["space"] == space
            for name in (thread["author"], *(reply["author"] for reply in thread["replies"]))
        ]
        return list(dict.fromkeys(names))


def opened() -> Book:
    """Return the demo file, with nothing loaded, and its dates moved to this week."""
    source = json.loads((FOLDER / "demo_nl.json").read_text(encoding="utf-8"))
    descriptions = json.loads((FOLDER / "spaces_nl.json").read_text(encoding="utf-8"))
    return Book(source, descriptions, dates.weeks_to(clock.now(), source))
