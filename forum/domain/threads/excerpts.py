"""The frozen words under a version of a lesson, each with the post, the thread and the speaker that it came from.

For checks by the forum itself: which of it a reader may see is decided in `lessons.page`.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, select

from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.claims import Claim, Excerpt
from forum.models.threads import Post, PostRevision, Thread


@dataclass(frozen=True, slots=True)
class Quoted:
    """One excerpt and where it came from."""

    excerpt: Excerpt
    position: int  # of its claim
    revision: int
    post: Post
    thread: Thread
    speaker: str
    handle: str
    capacity: Capacity | None

    @property
    def city(self) -> str | None:
        """The city for which the speaker spoke."""
        return self.capacity.city if self.capacity else None

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
    """Return every excerpt under the claims of a version, in their order (one query)."""
    return [quoted for claim in by_claim(version_id) for quoted in claim.quotes]


def by_claim(version_id: int) -> list[QuotedClaim]:
    """Return the claims of a version in their order, each with its excerpts (one query)."""
    claims: dict[int, QuotedClaim] = {}
    for position, text, excerpt, *origin in db.session.execute(_CLAIMS, {"version_id": version_id}):
        claim = claims.setdefault(position, QuotedClaim(position, text, []))
        if excerpt is not None:
            claim.quotes.append(Quoted(excerpt, position, *origin))
    return list(claims.values())


# Built once: building the statement costs more than asking the database.
_CLAIMS: Any = (
    select(
        Claim.position,
        Claim.text,
        Excerpt,
        PostRevision.number,
        Post,
        Thread,
        Member.name,
        Member.handle,
        Capacity,
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
