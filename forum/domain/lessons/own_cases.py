"""Evidence on which a moderator would decide in their own case: against words of theirs, or a lesson that they make.

They may accept it. To decline it, and to end its dispute, is for another moderator of the space where there is one.
"""

from collections.abc import Iterable

from sqlalchemy import func, select

from forum.domain.lessons import behind_claims
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Claim
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson
from forum.models.spaces import Membership, Role
from forum.models.threads import Post
from forum.policy.actors import Actor
from forum.policy.standing import belonging, in_good_standing


def of(actor: Actor, lesson: Lesson, evidence: Iterable[CounterEvidence]) -> set[int]:
    """Return the ids of those on a lesson that another moderator can decide on (two queries at most)."""
    makes = lesson.curator_id == actor.id
    roots = set() if makes else _roots(actor, lesson)
    own = [one for one in evidence if makes or one.claim_root in roots]
    if not own:
        return set()
    others = _moderators(lesson.space_id) - {actor.id, lesson.curator_id}
    return {one.id for one in own if others - {one.author_id}}


def on(actor: Actor, lesson: Lesson) -> set[int]:
    """Return the same of all evidence on a lesson (one query more)."""
    rows = select(CounterEvidence).where(CounterEvidence.lesson_id == lesson.id)
    return of(actor, lesson, db.session.scalars(rows))


def _roots(actor: Actor, lesson: Lesson) -> set[int]:
    """The claims that quote them in the version that readers get."""
    quoted = behind_claims.authors(lesson.current_id).where(Post.author_id == actor.id)
    return set(db.session.scalars(quoted.with_only_columns(func.coalesce(Claim.root_id, Claim.id))))


def _moderators(space_id: int) -> set[int]:
    query = (
        select(Member.id)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Membership.space_id == space_id,
            Membership.role == Role.MODERATOR,
            belonging(Membership),
            in_good_standing(Member),
        )
    )
    return set(db.session.scalars(query))
