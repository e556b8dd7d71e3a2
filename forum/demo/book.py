"""What was loaded so far: the ids that the names of the demo file got, and counts of everything."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from forum.infra import clock
from forum.policy.actors import Actor, actor_of

HOME = ZoneInfo("Europe/Brussels")
FOUNDED = datetime(2025, 6, 2, 9, 0, tzinfo=HOME)  # before the first post of the demo
FOLDER = Path(__file__).resolve().parent.parent.parent / "demo"


@dataclass
class Book:
    """The demo file, and the ids of its rows."""

    source: dict[str, Any]
    descriptions: dict[str, str]
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

    def said_at(self, post: str) -> datetime:
        """Return when a post was written."""
        return moment(self._post(post)["created"])

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
    """Return the demo file, with nothing loaded."""
    return Book(
        json.loads((FOLDER / "demo_nl.json").read_text(encoding="utf-8")),
        json.loads((FOLDER / "spaces_nl.json").read_text(encoding="utf-8")),
    )


def moment(written: str) -> datetime:
    """Return a moment of the file; a day alone means nine in the morning."""
    if "T" in written:
        return datetime.fromisoformat(written)
    return datetime.combine(date.fromisoformat(written), time(9), tzinfo=HOME)


def on(written: str) -> Any:
    """Stop the clock at a moment of the file."""
    return clock.at(moment(written))
