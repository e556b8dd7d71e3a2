"""Everything that waits for a member at home: what has a term first, then what they can mend, answer or read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from forum.domain.consents import requests as consent_requests
from forum.domain.consents import rounds
from forum.domain.consents.requests import WaitingQuestion
from forum.domain.consents.rounds import ClosedRound
from forum.domain.digests import subscriptions
from forum.domain.drafts import drafts
from forum.domain.lessons import review_answers, review_requests, weakened
from forum.domain.lessons.review_answers import CameBack
from forum.domain.lessons.review_requests import WaitingReview
from forum.domain.lessons.weakened import WeakenedLesson
from forum.domain.spaces import confirmations, join_requests
from forum.domain.spaces.join_requests import WaitingRequest
from forum.domain.spaces.waiting_capacities import WaitingLine
from forum.policy.actors import Actor

FEW = 3  # lines of one kind on the home page


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one member, in the order in which it is shown; false when nothing does.

    A list may be longer than FEW: then a page with all of it is worth a link.
    """

    questions: list[WaitingQuestion]  # to them as an author
    reviews: list[WaitingReview] = field(default_factory=list)  # asked of them, by name or in a group
    came_back: list[CameBack] = field(default_factory=list)  # to them as a maker
    closed_rounds: list[ClosedRound] = field(default_factory=list)
    weakened: list[WeakenedLesson] = field(default_factory=list)
    join_requests: list[WaitingRequest] = field(default_factory=list)
    capacities: list[WaitingLine] = field(default_factory=list)
    drafts: int = 0
    asks_digest: bool = False

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


# Each is a function of the actor, and its name is that of a field of Waiting.
QUEUES: Mapping[str, Callable[[Actor], Any]] = {
    "questions": consent_requests.waiting,
    "reviews": review_requests.waiting,
    "came_back": review_answers.waiting,
    "closed_rounds": rounds.waiting,
    "weakened": weakened.waiting,
    "join_requests": join_requests.waiting,
    "capacities": confirmations.waiting,
    "drafts": drafts.waiting,
}
# The kinds of notifications about what stands in one of these: nothing is said twice on one page.
TOLD_OF = frozenset(
    {
        "permission_asked", "permission_closed", "review_asked", "returned", "review_declined", "review_lapsed",
        "lost_words", "join_requested", "drafts_lapse",
    }
)  # fmt: skip


def of(actor: Actor) -> Waiting:
    """Return what waits for the actor (as many queries however much there is; few for who moderates nothing)."""
    asks = actor.approved_at is not None and not subscriptions.has_chosen(actor)
    return Waiting(**{name: queue(actor) for name, queue in QUEUES.items()}, asks_digest=asks)
