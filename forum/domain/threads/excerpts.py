"""The frozen words under a version of a lesson, each with the post, the thread and the speaker that it came from.

For checks by the forum itself: which of it a reader may see is decided in `lessons.page`.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, select

from forum.domain.people.bylines import CapacityColumns
from forum.domain.people.capacities import counted
from forum.infra.db import db
from forum.infra.statements import select_rows
from forum.models.accounts import Capacity, Member
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.spaces import Audience
from forum.models.threads import Post, PostRevision, Thread


class Words(NamedTuple):
    """The frozen words, and what they do for their claim."""

    id: int
    words: str
    start_at: int  # in the plain text of the revision, like `end_at`
    end_at: int
    stance: Stance
    sha256: str


class QuotedPost(NamedTuple):
    """The post, as it is now."""

    id: int
    number: int
    revision: int
    created_at: datetime
    deleted_at: datetime | None
    hidden_at: datetime | None


class QuotedThread(NamedTuple):
    """The thread, as it is now."""

    id: int
    slug: str
    audience: Audience
    space_id: int
    hidden_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """One excerpt and where it came from."""

    excerpt: Words
    position: int  # of its claim
    revision: int
    post: QuotedPost
    thread: QuotedThread
    speaker: str
    handle: str
    capacity: CapacityColumns | None

    @property
    def city(self) -> str | None:
        """The city for which the speaker spoke, where their capacity counted."""
        return self.capacity.city if self.capacity and counted(self.capacity, self.post.created_at) else None

    @property
    def edited(self) -> bool:
        """Whether the post was changed after it was quoted."""
        return self.revision != self.post.revision

    @property
    def withheld(self) -> str:
        """Why nobody may read the words any more: "deleted", "hidden", or "" while they stand."""
        if self.post.deleted_at is not None or self.thread.withdrawn_at is not None:
            return "deleted"
        return "hidden" if self.post.hidden_at is not None or self.thread.hidden_at is not None else ""


@dataclass(frozen=True, slots=True)
class QuotedClaim:
    """A claim with the excerpts that it rests on."""

    position: int
    text: str
    quotes: list[Quoted]


def under(version_id: int) -> list[Quoted]:
    """Return every excerpt under the claims of a version, in their order (one query), also what was just written."""
    db.session.flush()
    return [quoted for claim in by_claim(version_id) for quoted in claim.quotes]


def by_claim(version_id: int) -> list[QuotedClaim]:
    """Return the claims of a version in their order, each with its excerpts (one query)."""
    claims: dict[int, QuotedClaim] = {}
    for row in select_rows(_CLAIMS, {"version_id": version_id}):
        position, text, revision, speaker, handle, *origin = row
        claim = claims.setdefault(position, QuotedClaim(position, text, []))
        words, post, thread, capacity = (tuple(origin[part]) for part in _PARTS)
        if words[0] is not None:
            claim.quotes.append(
                Quoted(
                    Words(*words),
                    position,
                    revision,
                    QuotedPost(*post),
                    QuotedThread(*thread),
                    speaker,
                    handle,
                    CapacityColumns(*capacity) if capacity[0] is not None else None,
                )
            )
    return list(claims.values())


# What each part of a quote is made of, in the order of its fields.
_COLUMNS: tuple[tuple[type[Any], Any], ...] = (
    (Words, Excerpt),
    (QuotedPost, Post),
    (QuotedThread, Thread),
    (CapacityColumns, Capacity),
)
_ENDS = [sum(len(part._fields) for part, _model in _COLUMNS[:number]) for number in range(len(_COLUMNS) + 1)]
_PARTS = [slice(*ends) for ends in pairwise(_ENDS)]
# Built once: building the statement costs more than asking the database.
_CLAIMS: Any = (
    select(
        Claim.position,
        Claim.text,
        PostRevision.number,
        Member.name,
        Member.handle,
        *(getattr(model, field) for part, model in _COLUMNS for field in part._fields),
    )
    .outerjoin(Excerpt, Excerpt.claim_id == Claim.id)
    .outerjoin(PostRevision, PostRevision.id == Excerpt.revision_id)
    .outerjoin(Post, Post.id == PostRevision.post_id)
    .outerjoin(Thread, Thread.id == Post.thread_id)
    .outerjoin(Member, Member.id == Post.author_id)
    .outerjoin(Capacity, Capacity.id == Post.capacity_id)
    .where(Claim.version_id == bindparam("version_id", type_=Integer))
    .order_by(Claim.position, Excerpt.id)
)
