"""The frozen words under a version of a lesson, each with the post, the talk and the speaker that it came from.

For the house's own checks. What of it a reader may know is decided in `lesson_page`.
"""

from dataclasses import dataclass

from sqlalchemy import select

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


def under(version_id: int) -> list[Quoted]:
    """Every excerpt under the claims of a version, in their order (one query)."""
    rows = db.session.execute(
        select(
            Excerpt, Claim.position, PostRevision.number, Post, Thread, Member.name, Member.handle, Capacity
        )
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(Claim.version_id == version_id)
        .order_by(Claim.position, Excerpt.id)
    )
    return [Quoted(*row) for row in rows]
