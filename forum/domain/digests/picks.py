"""One thread for one member, and whether it is one for them."""

import enum
from collections.abc import Collection
from typing import NamedTuple

from forum.domain.digests import precedence
from forum.domain.digests.personal import Person
from forum.domain.digests.pool import Candidate, News
from forum.domain.digests.precedence import NOTHING_MORE, Reason, ThreadFacts, Told
from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.subscriptions import Delivery


class Section(enum.StrEnum):
    """Where in the letter a thread stands."""

    FOR_YOU = "for_you"
    UNANSWERED = "unanswered"
    ACTIVE = "active"
    REVIVED = "revived"


class Pick(NamedTuple):
    """One thread for one member, with what of it is new to them."""

    candidate: Candidate
    news: News
    section: Section
    tag_ids: tuple[int, ...] = ()  # of its tags, those that the member chose something about
    mentioned_by: int | None = None  # who wrote the newest of these posts that mentions the member
    told: Told = NOTHING_MORE

    @property
    def space_id(self) -> int:
        """Where it stands."""
        return self.candidate.bucket.space_id

    def reasons(self, preferences: DigestPreferences, spaces: Collection[int]) -> list[Reason]:
        """Return every rule by which somebody who belongs to these spaces is told of it."""
        bucket = self.candidate.bucket
        facts = ThreadFacts(self.candidate.id, bucket.space_id, bucket.axis, self.tag_ids)
        own_space = bucket.space_id in spaces
        return precedence.reasons(preferences, facts, own_space=own_space, told=self.told)


def takes(preferences: DigestPreferences, facts: ThreadFacts, person: Person, told: Told) -> bool:
    """Return whether a thread that they may see and did not mute comes to them with a digest."""
    own_space = facts.space_id in person.own_spaces
    outcome = precedence.delivery(preferences, facts, own_space=own_space, told=told)
    # What comes at once and did is no longer among the new posts; the rest of it is told here.
    return outcome != Delivery.NOTHING
