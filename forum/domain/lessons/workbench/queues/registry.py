"""The queues by name, in the order in which they always stand: a new one is a file and a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from forum.domain.lessons.workbench.queues import (
    disputed,
    due_for_review,
    in_my_hands,
    nominated,
    ripe,
    to_review,
    waiting_for_permission,
    without_excerpt,
)
from forum.domain.lessons.workbench.queues.window import Found, Window
from forum.infra.i18n import lazy
from forum.policy.actors import Actor


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue: its stable name, what it is called, the sentence why things stand there, and what finds them."""

    name: str
    title: Any
    why: Any
    of: Callable[[Actor, Window], Found]


QUEUES = (
    Queue(
        "without_excerpt",
        lazy("Without an excerpt"),
        lazy("Everybody reads a claim that nothing supports now."),
        without_excerpt.of,
    ),
    Queue(
        "to_review",
        lazy("To review"),
        lazy("You did not make them, and they do not quote you."),
        to_review.of,
    ),
    Queue(
        "in_my_hands",
        lazy("In my hands"),
        lazy("A draft stays with you for two weeks. After that somebody else can take it over."),
        in_my_hands.of,
    ),
    Queue(
        "waiting_for_permission",
        lazy("Waiting for permission"),
        lazy("You see what still stands in the lesson, never who answered what."),
        waiting_for_permission.of,
    ),
    Queue(
        "disputed",
        lazy("Disputed"),
        lazy("Somebody knows something that contradicts a claim. Decide, or answer it."),
        disputed.of,
    ),
    Queue(
        "due_for_review",
        lazy("To look at again"),
        lazy("The date for another look has passed, or a reader says that something no longer holds."),
        due_for_review.of,
    ),
    Queue("nominated", lazy("Nominated"), lazy("A member said: there is a lesson in this."), nominated.of),
    Queue(
        "ripe",
        lazy("Ripe for a lesson"),
        lazy("Several cities, an application or a contradiction, quiet for two weeks, no lesson yet."),
        ripe.of,
    ),
)
# Whoever only reviews has no other.
OF_REVIEWERS = tuple(queue for queue in QUEUES if queue.name == "to_review")
