"""Everything that waits for a member at home: what has a term first, then what they can mend, answer or read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Date, Select, bindparam, exists, or_, select

from forum.domain.consents import requests as consent_requests
from forum.domain.consents import rounds
from forum.domain.consents.requests import WaitingQuestion
from forum.domain.consents.rounds import ClosedRound
from forum.domain.digests import subscriptions
from forum.domain.drafts import drafts
from forum.domain.drafts import queries as draft_queries
from forum.domain.handovers import standing as handovers
from forum.domain.lessons import review_answers, review_requests, weakened
from forum.domain.lessons.review_answers import CameBack
from forum.domain.lessons.review_requests import WaitingReview
from forum.domain.lessons.weakened import WeakenedLesson
from forum.domain.people import affirmations, capacities
from forum.domain.spaces import confirmations, join_requests
from forum.domain.spaces.join_requests import WaitingRequest
from forum.domain.spaces.waiting_capacities import WaitingLine
from forum.infra import clock, days
from forum.infra.db import Moment
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values

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
    hand_overs: int = 0  # pieces that are offered to them
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
        "lost_words", "join_requested", "drafts_lapse", "hand_over_offered",
    }
)  # fmt: skip


def of(actor: Actor) -> Waiting:
    """Return what waits for the actor (as many queries however much there is; one where nothing does).

    What waits for moderators and those with a role in the network is looked for in each of its places.
    """
    own = select_rows(_own(), _moments(actor)).one()
    asks = actor.approved_at is not None and not own.has_chosen_digest
    if actor.moderates or actor.network_roles:
        found = {name: queue(actor) for name, queue in QUEUES.items()}
        return Waiting(**found, hand_overs=own.hand_overs, asks_digest=asks)
    found = {
        name: QUEUES[name](actor) for name in ("questions", "reviews", "capacities") if getattr(own, name)
    }
    return Waiting(**{"questions": [], "drafts": own.drafts, **found}, asks_digest=asks)


def _moments(actor: Actor) -> dict[str, Any]:
    now = clock.now()
    moments = {
        "now": now,
        "today": days.today(),
        "year_ago": now - affirmations.YEAR,
        "told_since": now - capacities.TOLD,
    }
    return {**reader_values(actor), "member_id": actor.id, **moments}


@cached
def _own() -> Select[Any]:
    """Whether anything may wait for a member who looks after nothing, asked at once; few have any of it."""
    reader: Any = reader_param(signed_in=True)
    due = affirmations.is_due_since(bindparam("year_ago", type_=Moment), bindparam("today", type_=Date))
    refused = capacities.refused_after(bindparam("told_since", type_=Moment))
    return select(
        consent_requests.is_asked(reader.id).label("questions"),
        review_requests.is_asked(reader.id).label("reviews"),
        exists().where(Capacity.member_id == reader.id, or_(due, refused)).label("capacities"),
        handovers.count().scalar_subquery().label("hand_overs"),
        draft_queries.count().scalar_subquery().label("drafts"),
        subscriptions.has_chosen(reader.id).label("has_chosen_digest"),
    )
