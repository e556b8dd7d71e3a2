"""The queues of the desk by name: a new one is a file and a row here, in the order of the filters at the right."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from forum.domain.desk.queues import (
    agreements,
    capacities,
    disputed,
    hand_overs,
    held,
    join_requests,
    left_out,
    measures,
    nominated,
    objections,
    permissions,
    pointed_out,
    recognisable,
    reported,
    themes,
    unanswered,
    without_words,
)
from forum.infra.i18n import lazy
from forum.policy.actors import Actor


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue: its stable name, what it is called, the sentence why things stand there, and what finds them.

    `waiting` selects the `Columns` of what waits in some spaces, all of which the actor moderates, and of what the
    actor may read alone. `details` reads what is shown of the one that is open (at most three queries); None where it
    waits no more.
    """

    name: str
    title: Any
    why: Any
    waiting: Callable[[Actor, Collection[int]], Select[Any]]
    details: Callable[[Actor, int], Any]


QUEUES: tuple[Queue, ...] = (
    Queue(
        reported.NAME,
        lazy("Reported"),
        lazy("This post was reported to the moderators."),
        reported.waiting,
        reported.details,
    ),
    Queue(
        held.NAME,
        lazy("Waits to appear"),
        lazy(
            "Only its author and moderators of this space read it until somebody lets it appear, or its deputy "
            "while they are all away."
        ),
        held.waiting,
        held.details,
    ),
    Queue(
        pointed_out.NAME,
        lazy("Watched words"),
        lazy("It has a word that is watched for. Everybody who reads the thread sees it."),
        pointed_out.waiting,
        pointed_out.details,
    ),
    Queue(
        objections.NAME,
        lazy("Objections"),
        lazy("The author of a hidden post asks to show it again."),
        objections.waiting,
        objections.details,
    ),
    Queue(
        left_out.NAME,
        lazy("Words left out"),
        lazy("The author of the post says that its words should not have been left out."),
        left_out.waiting,
        left_out.details,
    ),
    Queue(
        measures.NAME,
        lazy("Objections of people"),
        lazy("Somebody says that what was decided about them is not right."),
        measures.waiting,
        measures.details,
    ),
    Queue(
        recognisable.NAME,
        lazy("May identify someone"),
        lazy("A reviewer thinks that masked words lead to a person."),
        recognisable.waiting,
        recognisable.details,
    ),
    Queue(
        unanswered.NAME,
        lazy("Without an answer"),
        lazy("Whoever tells a story is promised an answer within two working days."),
        unanswered.waiting,
        unanswered.details,
    ),
    Queue(
        capacities.NAME,
        lazy("Capacities"),
        lazy("Until you confirm it, this person does not count on the ring."),
        capacities.waiting,
        capacities.details,
    ),
    Queue(
        join_requests.NAME,
        lazy("Joining"),
        lazy("Somebody wants to belong to the space."),
        join_requests.waiting,
        join_requests.details,
    ),
    Queue(
        without_words.NAME,
        lazy("Without an excerpt"),
        lazy("Everybody reads a claim that nothing supports now."),
        without_words.waiting,
        without_words.details,
    ),
    Queue(
        disputed.NAME,
        lazy("Contradicted"),
        lazy("Only its author and the makers of the lesson read this until somebody decides."),
        disputed.waiting,
        disputed.details,
    ),
    Queue(
        permissions.NAME,
        lazy("Permission"),
        lazy("You see what still stands in the lesson, never who answered what."),
        permissions.waiting,
        permissions.details,
    ),
    Queue(
        agreements.NAME,
        lazy("Agreements"),
        lazy("Its authors are asked whether others may read it. You see how many agree, never who."),
        agreements.waiting,
        agreements.details,
    ),
    Queue(
        nominated.NAME,
        lazy("Nominated"),
        lazy("A member said: there is a lesson in this."),
        nominated.waiting,
        nominated.details,
    ),
    Queue(
        hand_overs.NAME,
        lazy("Offered to you"),
        lazy("Another moderator asks you to take this over."),
        hand_overs.waiting,
        hand_overs.details,
    ),
    Queue(
        themes.NAME,
        lazy("Theme to choose"),
        lazy("Without a theme nobody finds this thread by what it is about."),
        themes.waiting,
        themes.details,
    ),
)
BY_NAME: Mapping[str, Queue] = {queue.name: queue for queue in QUEUES}
