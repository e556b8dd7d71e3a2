"""Who stands behind a claim of a published lesson, and replies to what is brought against it."""

from typing import Any

from sqlalchemy import Select, func, select

from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson
from forum.models.threads import Post, PostRevision


def authors(version_id: Any) -> Select[int]:
    """Return the ids of all whom a version quotes, as a query: its id, or an expression for it."""
    return (
        select(Post.author_id)
        .join(PostRevision, PostRevision.post_id == Post.id)
        .join(Excerpt, Excerpt.revision_id == PostRevision.id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .where(Claim.version_id == version_id, Excerpt.removal.is_(None))
    )


def quoted(version_id: Any, root: Any) -> Select[int]:
    """Return the ids of whom one claim quotes in a version, as a query: ids of both, or expressions for them."""
    return authors(version_id).where(func.coalesce(Claim.root_id, Claim.id) == root)


def of_evidence(lesson: Lesson, evidence: CounterEvidence) -> set[int]:
    """Return who may reply: the curator, and whom the claim quotes in the version that readers get (one query).

    Not who brought the evidence.
    """
    behind = db.session.scalars(quoted(lesson.current_id, evidence.claim_root))
    return {lesson.curator_id, *behind} - {evidence.author_id}
