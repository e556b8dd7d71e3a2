"""What was brought in so far: the ids that the names of the demo file got, and how much there is of everything."""

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
FOUNDED = datetime(2025, 6, 2, 9, 0, tzinfo=HOME)  # before the first words of the demo
FOLDER = Path(__file__).resolve().parent.parent.parent / "demo"


@dataclass
class Book:
    """The demo file beside the ids of its rows."""

    source: dict[str, Any]
    descriptions: dict[str, str]
    members: dict[str, int] = field(default_factory=dict)
    spaces: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    lessons: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)  # what waits in the file for a later version
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person as the verbs know her. Ask only once every role was given."""
        if name not in self._actors:
            found = actor_of(self.members[name])
            if found is None:
                raise LookupError(f"{name} of the demo cannot act")
            self._actors[name] = found
        return self._actors[name]

    def person(self, name: str) -> dict[str, Any]:
        """What the file says of somebody."""
        return next(one for one in self.source["people"] if one["id"] == name)

    def said_at(self, post: str) -> datetime:
        """When the words of a post were said."""
        return moment(self._words_of(post)["created"])

    def author_of(self, post: str) -> str:
        """Who said the words of a post."""
        return str(self._words_of(post)["author"])

    def _words_of(self, post: str) -> dict[str, Any]:
        thread, _, number = post.partition("-")
        talk = next(one for one in self.source["threads"] if one["id"] == thread)
        return talk if number == "0" else next(one for one in talk["replies"] if one["id"] == post)

    def posters(self, space: str) -> list[str]:
        """Who speaks in a space, in the order of first words."""
        names = [
            name
            for thread in self.source["threads"]
            if thread["space"] == space
            for name in (thread["author"], *(reply["author"] for reply in thread["replies"]))
        ]
        return list(dict.fromkeys(names))


def opened() -> Book:
    """The demo file, with nothing brought in."""
    return Book(
        json.loads((FOLDER / "demo_nl.json").read_text(encoding="utf-8")),
        json.loads((FOLDER / "spaces_nl.json").read_text(encoding="utf-8")),
    )


def moment(written: str) -> datetime:
    """A moment of the file; a day alone means nine in the morning."""
    if "T" in written:
        return datetime.fromisoformat(written)
    return datetime.combine(date.fromisoformat(written), time(9), tzinfo=HOME)


def on(written: str) -> Any:
    """Stop the clock at a moment of the file."""
    return clock.at(moment(written))
