"""What reviewers say beside one claim or one field of a version; it stays with the lesson until somebody settles it.

Makers read who said it; other reviewers do not, as a name would tell where a masked lesson does not come from.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select

from forum.domain.lessons import earlier_curators, held, review_checklist
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lines import clean_paragraphs
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonReview, LessonVersion, Verdict
from forum.models.reviewing import ReviewComment
from forum.policy.actions import Answer, deny, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden, Invalid, NotFound
from forum.policy.holding import may_edit_draft
from forum.policy.visibility import get_visible

MOST = 60  # open ones of a lesson: more is another conversation
FIELDS = (
    "title", "one_sentence", "recommendation", "conditions", "unknowns", "alternative_reading", "context",
)  # fmt: skip
CLAIM = "claim-"


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment, as makers or reviewers get it. `by` is empty where that is not theirs to know."""

    id: int
    place: str  # "claim-" with what the claim is known by, or a field
    by: str
    mine: bool
    at: datetime
    text: str
    settled_at: datetime | None
    settled_by: str  # "author", "maker" or "reviewer", once it is

    @property
    def is_open(self) -> bool:
        """Whether nobody settled it."""
        return self.settled_at is None


def add(actor: Actor, lesson_id: int, *, place: str, text: str, read: int | None = None) -> ReviewComment:
    """Say something beside a claim (`claim-` and what it is known by) or a field of the version in review.

    The same words at the same place again are not added again. NotFound, Forbidden for who may not check it, Conflict
    when it is not in review any more, Invalid at `text` or at `place`.
    """
    lesson, version = review_checklist.in_review(actor, lesson_id, read)
    root, field = _placed(version, place)
    missing = _("Write what you want to say about it.")
    words = clean_paragraphs(text, field="text", limit=ReviewComment.TEXT_MAX, missing=missing)
    open_ones = list(db.session.scalars(_of(lesson.id).where(ReviewComment.settled_at.is_(None))))
    for one in open_ones:
        if (one.author_id, one.claim_root, one.field, one.text) == (actor.id, root, field, words):
            return one
    if len(open_ones) >= MOST:
        raise Invalid(
            "text", _("There are %(limit)d open comments already. Send it back with those.", limit=MOST)
        )
    comment = ReviewComment(
        lesson_id=lesson.id,
        version_id=version.id,
        claim_root=root,
        field=field,
        author_id=actor.id,
        text=words,
        at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    return comment


def remove(actor: Actor, comment_id: int) -> int:
    """Take back one's own comment while one checks the version; return the id of the lesson.

    NotFound, also once it is gone; Forbidden.
    """
    comment, lesson = _found(actor, comment_id)
    if comment.author_id != actor.id:
        raise Forbidden(_("Only its author can delete a comment."))
    require(_may_check(actor, lesson))
    db.session.delete(comment)
    db.session.flush()
    return lesson.id


def settle(actor: Actor, comment_id: int, *, settled: bool = True) -> int:
    """Mark a comment as settled, or as open again; return the id of the lesson. Twice is once.

    Whoever writes in the draft may, and in review whoever checks it. NotFound, Forbidden.
    """
    comment, lesson = _found(actor, comment_id)
    writes = may_edit_draft(actor, lesson)
    require(writes if writes else _may_check(actor, lesson))
    if writes:
        held.worked(actor, lesson)
    if settled != (comment.settled_at is not None):
        comment.settled_at = clock.now() if settled else None
        comment.settled_by_id = actor.id if settled else None
        db.session.flush()
    return lesson.id


def of_lesson(actor: Actor, lesson: Lesson) -> list[CommentView]:
    """Return the comments on a lesson that is made, the oldest first, for its makers and who may check it (a query)."""
    makes = bool(may_moderate(actor, lesson.space_id))
    if not makes and not _may_check(actor, lesson):
        return []
    query = (
        select(ReviewComment, Member.name)
        .join(Member, Member.id == ReviewComment.author_id)
        .where(ReviewComment.lesson_id == lesson.id)
        .order_by(ReviewComment.id)
    )
    makers = {lesson.curator_id, *earlier_curators.ids(lesson)}
    rows = db.session.execute(query)
    return [_view(comment, name, actor, makers, makes=makes) for comment, name in rows]


def open_count(lesson_id: int, *, by: int | None = None) -> int:
    """Return how many comments on a lesson nobody settled, of all or of one member (one query)."""
    query = select(func.count(ReviewComment.id)).where(
        ReviewComment.lesson_id == lesson_id, ReviewComment.settled_at.is_(None)
    )
    return db.session.scalar(query.where(ReviewComment.author_id == by) if by is not None else query) or 0


def refuse_open(lesson: Lesson) -> None:
    """Refuse to publish while a comment is open; Invalid at `comments`."""
    if open_count(lesson.id):
        raise Invalid("comments", _("A comment is still open: settle it, or send the lesson back with it."))


def forget(lesson: Lesson) -> None:
    """Delete what was said about a draft that is thrown away, settled or not (system verb).

    What was said before the version that readers have was settled, and stays.
    """
    about = delete(ReviewComment).where(ReviewComment.lesson_id == lesson.id)
    if lesson.published_at is not None:
        since = select(func.max(LessonReview.created_at)).where(
            LessonReview.version_id == LessonVersion.id,
            LessonVersion.lesson_id == lesson.id,
            LessonReview.verdict == Verdict.APPROVED,
        )
        about = about.where(ReviewComment.at > since.scalar_subquery())
    db.session.execute(about.execution_options(synchronize_session="fetch"))


def _of(lesson_id: int) -> Select[ReviewComment]:
    return select(ReviewComment).where(ReviewComment.lesson_id == lesson_id)


def _placed(version: LessonVersion, place: str) -> tuple[int | None, str | None]:
    if place in FIELDS:
        return None, place
    for claim in db.session.scalars(select(Claim).where(Claim.version_id == version.id)):
        if place == f"{CLAIM}{claim.root}":
            return claim.root, None
    raise Invalid("place", _("That place is no longer in this version."))


def _found(actor: Actor, comment_id: int) -> tuple[ReviewComment, Lesson]:
    lesson_id = db.session.scalar(select(ReviewComment.lesson_id).where(ReviewComment.id == comment_id))
    lesson: Lesson = get_visible(Lesson, actor, lesson_id, lock=True)
    comment = db.session.get(ReviewComment, comment_id, populate_existing=True)
    makes_or_checks = may_moderate(actor, lesson.space_id) or _may_check(actor, lesson)
    if comment is None or not makes_or_checks:
        raise NotFound
    return comment, lesson


def _may_check(actor: Actor, lesson: Lesson) -> Answer:
    version = db.session.get(LessonVersion, lesson.working_id or 0)
    if version is None:
        return deny(_("This lesson is not waiting for a review."))
    return lesson_reviews.answer_for(actor, lesson, version)


def _view(comment: ReviewComment, name: str, actor: Actor, makers: set[int], *, makes: bool) -> CommentView:
    mine = comment.author_id == actor.id
    return CommentView(
        id=comment.id,
        place=comment.field or f"{CLAIM}{comment.claim_root}",
        by=name if makes or mine else "",
        mine=mine,
        at=comment.at,
        text=comment.text,
        settled_at=comment.settled_at,
        settled_by=_settled_by(comment, makers),
    )


def _settled_by(comment: ReviewComment, makers: set[int]) -> str:
    if comment.settled_by_id is None:
        return ""
    if comment.settled_by_id == comment.author_id:
        return "author"
    return "maker" if comment.settled_by_id in makers else "reviewer"
