"""Everything that waits for a member at home: what has a term first, then what they can mend, answer or read."""

from dataclasses import dataclass, field, fields

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
from forum.domain.mailing import notifications
from forum.domain.mailing.notifications import Notice
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
    notices: list[Notice] = field(default_factory=list)
    drafts: int = 0
    asks_digest: bool = False

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def of(actor: Actor) -> Waiting:
    """Return what waits for the actor (as many queries however much there is; few for who moderates nothing)."""
    return Waiting(
        questions=consent_requests.waiting(actor),
        reviews=review_requests.waiting(actor),
        came_back=review_answers.waiting(actor),
        closed_rounds=rounds.waiting(actor) if actor.moderates else [],
        weakened=weakened.waiting(actor),
        join_requests=join_requests.waiting_anywhere(actor, FEW + 1) if actor.moderates else [],
        capacities=confirmations.waiting(actor),
        notices=notifications.inbox(actor),
        drafts=drafts.how_many(actor),
        asks_digest=actor.approved_at is not None and not subscriptions.has_chosen(actor),
    )
