"""Everything that waits for a member at home: what has a term first, then what they can mend, answer or read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Date, Select, bindparam, exists, literal, null, or_, select

from forum.domain.consents import requests as consent_requests
from forum.domain.consents import rounds
from forum.domain.consents.requests import WaitingQuestion
from forum.domain.consents.rounds import ClosedRound
from forum.domain.digests import moderator_needs, need_queries, subscriptions
from forum.domain.drafts import queries as draft_queries
from forum.domain.handovers import open_offers
from forum.domain.lessons import ready, review_answers, review_requests, weakened
from forum.domain.lessons.ready import ReadyLesson
from forum.domain.lessons.review_answers import CameBack
from forum.domain.lessons.review_requests import WaitingReview
from forum.domain.lessons.weakened import WeakenedLesson
from forum.domain.moderation import asked_changes
from forum.domain.moderation.asked_changes import WaitingChange
from forum.domain.people import affirmations, capacities
from forum.domain.spaces import join_requests, waiting_capacities
from forum.domain.spaces.join_requests import WaitingRequest
from forum.domain.spaces.waiting_capacities import WaitingLine
from forum.domain.threads import without_axis
from forum.domain.threads.without_axis import WaitingThreads
from forum.infra import clock
from forum.infra.db import Moment
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.notifications import Notification
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values

FEW = 3  # lines of one kind on the home page


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one member, in the order in which it is shown; false when nothing does.

    A list may be longer than FEW: then a page with all of it is worth a link.
    """

    questions: list[WaitingQuestion]  # to them as an author
    asked_changes: list[WaitingChange] = field(default_factory=list)  # to posts of their own
    reviews: list[WaitingReview] = field(default_factory=list)  # asked of them, by name or in a group
    came_back: list[CameBack] = field(default_factory=list)  # to them as a maker
    closed_rounds: list[ClosedRound] = field(default_factory=list)
    weakened: list[WeakenedLesson] = field(default_factory=list)
    to_confirm: list[ReadyLesson] = field(default_factory=list)  # as an editor
    join_requests: list[WaitingRequest] = field(default_factory=list)
    capacities: list[WaitingLine] = field(default_factory=list)
    own_capacities: list[WaitingLine] = field(default_factory=list)
    themes: list[WaitingThreads] = field(default_factory=list)  # to be chosen, of threads that have none
    hand_overs: int = 0  # things that are offered to them
    drafts: int = 0
    asks_digest: bool = False

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


# Each is a function of the actor, named as a field of Waiting; the other fields are counted beside the first query.
QUEUES: Mapping[str, Callable[[Actor], Any]] = {
    "questions": consent_requests.waiting,
    "asked_changes": asked_changes.waiting,
    "reviews": review_requests.waiting,
    "came_back": review_answers.waiting,
    "closed_rounds": rounds.waiting,
    "weakened": weakened.waiting,
    "to_confirm": ready.waiting,
    "join_requests": join_requests.waiting,
    "capacities": waiting_capacities.of_others,
    "own_capacities": waiting_capacities.own,
    "themes": without_axis.waiting,
}
# Kinds of what waits for moderators, with the queue in which they stand where its name is another one.
_OF_MODERATORS = {moderator_needs.IN_REVIEW: "came_back", "capacities_anywhere": "capacities"}
# The kinds of notifications about what stands in one of these: nothing is said twice on one page.
TOLD_OF = frozenset(
    {
        "permission_asked", "permission_closed", "review_asked", "returned", "review_declined", "review_lapsed",
        "lost_words", "ready_to_confirm", "join_requested", "drafts_lapse", "hand_over_offered",
        asked_changes.KIND,
    }
)  # fmt: skip


def of(actor: Actor) -> Waiting:
    """Return what waits for the actor: as many queries however much there is.

    One where nothing does, and those of each queue that has anything.
    """
    own = select_rows(_own(moderator_needs.is_concerned(actor)), _values(actor)).one()
    asks = actor.approved_at is not None and not own.has_chosen_digest
    kinds = {
        name for name in ("questions", "asked_changes", "reviews", "own_capacities") if getattr(own, name)
    }
    kinds |= {_OF_MODERATORS.get(kind, kind) for kind in (own.kinds or "").split(",") if kind}
    found = {name: QUEUES[name](actor) for name in kinds}
    counts = {"hand_overs": own.hand_overs, "drafts": own.drafts}
    return Waiting(**{"questions": [], **counts, **found}, asks_digest=asks)


def _values(actor: Actor) -> dict[str, Any]:
    now = clock.now()
    return {
        **reader_values(actor),
        **moderator_needs.values([actor], now, settled=now),
        "now": now,
        "asked_since": now - asked_changes.WAITS_FOR,
        "member_id": actor.id,
        "year_ago": now - affirmations.YEAR,
        "told_since": now - capacities.TOLD,
    }


def _moment(name: str) -> Any:
    return bindparam(name, type_=Moment)


@cached
def _own(of_moderators: bool) -> Select[Any]:
    """Whether anything may wait for a member, asked at once, whatever they look after; few have any of it."""
    reader: Any = reader_param(signed_in=True)
    due = affirmations.is_due_since(_moment("year_ago"), bindparam("today", type_=Date))
    refused = capacities.refused_after(_moment("told_since"))
    asked = asked_changes.is_asked(reader.id, _moment("now"), _moment("asked_since"))
    of_post = select(literal(1)).select_from(Notification).join(Post, Post.id == Notification.post_id)
    return select(
        consent_requests.is_asked(reader.id).label("questions"),
        of_post.join(Thread, Thread.id == Post.thread_id).where(*asked).exists().label("asked_changes"),
        need_queries.asked(select(literal(1)).select_from(Member)).exists().label("reviews"),
        exists().where(Capacity.member_id == reader.id, or_(due, refused)).label("own_capacities"),
        open_offers.count().scalar_subquery().label("hand_overs"),
        draft_queries.count().scalar_subquery().label("drafts"),
        subscriptions.has_chosen(reader.id).label("has_chosen_digest"),
        (moderator_needs.kinds() if of_moderators else null()).label("kinds"),
    )
