"""What a member can stop, each with the words that say what stops: of which kinds that is, `kinds.py` says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from forum.infra.i18n import lazy
from forum.models.subscriptions import Delivery

DIGEST = "digest"  # the stop of the digest, which has a page of its own
_ONLY_AT_ONCE = (Delivery.AT_ONCE, Delivery.NOTHING)


@dataclass(frozen=True, slots=True)
class Stop:
    """What a member can stop, and by `choices` how it can reach their mailbox otherwise.

    `label` says within a sentence what that is. `about` is what these e-mails are about, for a list of which the
    heading says that they are e-mails.
    """

    name: str
    label: Any
    about: Any
    choices: tuple[Delivery, ...] = _ONLY_AT_ONCE


STOPS: Mapping[str, Stop] = {
    stop.name: stop
    for stop in (
        Stop(
            DIGEST,
            lazy("the digest"),
            lazy("The digest"),
            (Delivery.DIGEST, Delivery.NOTHING),
        ),
        Stop(
            "mentions",
            lazy("e-mails about posts in which somebody mentions you"),
            lazy("Posts in which somebody mentions you"),
            tuple(Delivery),
        ),
        Stop(
            "answers",
            lazy("e-mails about answers to a story of yours"),
            lazy("Answers to a story of yours"),
            tuple(Delivery),
        ),
        Stop(
            "followed",
            lazy("e-mails about new posts in threads and spaces that you follow"),
            lazy("New posts in threads and spaces that you follow"),
            tuple(Delivery),
        ),
        Stop(
            "responses",
            lazy("e-mails about short responses to a story of yours"),
            lazy("Short responses to a story of yours, once until you looked"),
        ),
        Stop(
            "threads",
            lazy("e-mails about threads that are closed, opened again, moved or get fewer readers"),
            lazy("Threads that are closed, opened again, moved or get fewer readers"),
        ),
        Stop(
            "cited",
            lazy("e-mails about lessons in which you are quoted"),
            lazy("Lessons in which you are quoted"),
        ),
        Stop(
            "unknowns",
            lazy("e-mails about answers to questions that you share"),
            lazy("Answers to questions of lessons that you share"),
        ),
        Stop(
            "reviews",
            lazy("e-mails that ask you to check a lesson"),
            lazy("Requests to check a lesson"),
        ),
        Stop(
            "own_lessons",
            lazy("e-mails about what happens to lessons that you make"),
            lazy("What happens to lessons that you make"),
        ),
        Stop(
            "applications",
            lazy("e-mails about how lessons of yours are applied, and how it goes on where you apply one"),
            lazy("How lessons of yours are applied, and how it goes on where you apply one"),
        ),
        Stop(
            "requests",
            lazy("e-mails about requests to join a space that you moderate"),
            lazy("Requests to join a space that you moderate"),
        ),
        Stop(
            "desk",
            lazy(
                "the e-mail in the morning about what is due on your moderation desk, or for you as a deputy"
            ),
            lazy("What is due on your moderation desk, or for you as a deputy, in the morning"),
        ),
        Stop(
            "roles",
            lazy("e-mails about your role in a space"),
            lazy("Your role in a space"),
        ),
        Stop(
            "still_right",
            lazy("the yearly e-mail that asks whether what you speak as is still right"),
            lazy("The yearly question whether what you speak as is still right"),
        ),
    )
}
TOGETHER = "."  # between the names of those that a bundle holds
# Of all of them but the digest, and of those that come later; no kind has it as its own.
_EVERYTHING = lazy("every e-mail that can be stopped, but for the digest")
ALL = Stop("notices", _EVERYTHING, _EVERYTHING)


@dataclass(frozen=True, slots=True)
class _Labels:
    """What several stops stop, in the language in which it is read."""

    stops: tuple[Stop, ...]

    def __str__(self) -> str:
        return "; ".join(str(stop.label) for stop in self.stops)


def joined(names: Collection[str]) -> str:
    """Return the name of what stops these and nothing else: of a mail with several kinds."""
    return TOGETHER.join(name for name in STOPS if name in names)


def parts(name: str) -> tuple[str, ...]:
    """Return the names of what a stop stops: its own, those of a bundle, or of all every one but the digest."""
    if name == ALL.name:
        return tuple(one for one in STOPS if one != DIGEST)
    if TOGETHER not in name:
        return (name,)
    return tuple(one for one in name.split(TOGETHER) if one in STOPS and one != DIGEST)


def named(name: str) -> Stop | None:
    """Return the stop of that name, also of `joined`; None when there is none, or none any more."""
    if TOGETHER in name:
        several = tuple(STOPS[one] for one in parts(name))
        labels = _Labels(several)
        return Stop(name, labels, labels) if several else None
    return ALL if name == ALL.name else STOPS.get(name)
