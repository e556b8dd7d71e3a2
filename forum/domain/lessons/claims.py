"""Claims of a draft, and the excerpts that each rests on."""

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from forum.domain.lessons import lessons
from forum.domain.lines import clean_line, too_long
from forum.infra import text, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.lessons import LessonSource, LessonVersion
from forum.models.threads import Post, PostRevision
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.visibility import get_visible, visible

MOST = 20  # a lesson with more claims is two lessons


def add(actor: Actor, lesson_id: int, *, text: str) -> Claim:
    """Add a claim at the end; a claim with the same text is returned instead of added again.

    NotFound, Forbidden, Invalid at `text`.
    """
    _lesson, version = lessons.open_draft(actor, lesson_id)
    sentence = _clean(text)
    same = select(Claim).where(Claim.version_id == version.id, Claim.text == sentence)
    claim = db.session.scalars(same.limit(1)).one_or_none()
    if claim is not None:
        return claim
    last = db.session.scalar(select(func.max(Claim.position)).where(Claim.version_id == version.id)) or 0
    if last >= MOST:
        raise Invalid("text", _("A lesson holds at most %(limit)d claims.", limit=MOST))
    claim = Claim(version_id=version.id, position=last + 1, text=sentence)
    db.session.add(claim)
    db.session.flush()
    return claim


def reword(actor: Actor, claim_id: int, *, text: str) -> Claim:
    """Change the text of a claim; its excerpts stay.

    NotFound, Forbidden, Conflict outside the draft, Invalid at `text`.
    """
    claim = _in_draft(actor, claim_id)
    claim.text = _clean(text)
    db.session.flush()
    return claim


def remove(actor: Actor, claim_id: int) -> None:
    """Remove a claim with its excerpts; those after it move up. NotFound, Forbidden, Conflict outside the draft."""
    claim = _in_draft(actor, claim_id)
    later = select(Claim).where(Claim.version_id == claim.version_id, Claim.position > claim.position)
    db.session.delete(claim)
    db.session.flush()
    for other in db.session.scalars(later.order_by(Claim.position)).all():
        other.position -= 1
        db.session.flush()  # one by one: two claims never have the same position


def quote(actor: Actor, claim_id: int, *, post_id: int, words: str, stance: Stance | str) -> Excerpt:
    """Freeze literal words of a post under a claim; the same words twice are one excerpt, with the last stance.

    NotFound, Forbidden, Conflict outside the draft, Invalid at `post_id`, `words` or `stance`.
    """
    claim = _in_draft(actor, claim_id)
    post: Post = get_visible(Post, actor, post_id)
    _refuse_post(claim, post)
    chosen = _stance(stance)
    revision = db.session.scalars(
        select(PostRevision).where(PostRevision.post_id == post.id, PostRevision.number == post.revision)
    ).one()
    span = text.locate(words, revision.plain)
    if span is None:
        raise Invalid("words", _("This text is not in this post word for word. Copy it exactly."))
    start, end = span
    if end - start > Excerpt.WORDS_MAX:
        raise Invalid("words", too_long(end - start, Excerpt.WORDS_MAX))
    return _freeze(claim, revision, start, end, chosen)


def find(actor: Actor, lesson_id: int, words: str) -> int | None:
    """Return the id of the first post in the lesson's threads that contains pasted words; NotFound, Forbidden."""
    lessons.open_draft(actor, lesson_id)
    query = (
        visible(Post, actor, Post.id, PostRevision.plain)
        .join(LessonSource, LessonSource.thread_id == Post.thread_id)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(LessonSource.lesson_id == lesson_id, Post.deleted_at.is_(None), Post.hidden_at.is_(None))
        .order_by(Post.thread_id, Post.number)
    )
    matches = (row.id for row in db.session.execute(query) if text.locate(words, row.plain))
    return next(matches, None)


def unquote(actor: Actor, excerpt_id: int) -> tuple[int, int]:
    """Remove an excerpt; return the ids of its claim and lesson. NotFound, Forbidden, Conflict outside the draft."""
    claim_id = db.session.scalar(select(Excerpt.claim_id).where(Excerpt.id == excerpt_id))
    if claim_id is None:
        raise NotFound
    claim = _in_draft(actor, claim_id)
    claim.excerpts.remove(next(excerpt for excerpt in claim.excerpts if excerpt.id == excerpt_id))
    db.session.flush()
    return claim_id, lesson_of(actor, claim_id)


def lesson_of(actor: Actor, claim_id: int) -> int:
    """Return the id of the lesson that a claim belongs to; NotFound."""
    claim: Claim = get_visible(Claim, actor, claim_id)
    return db.session.get_one(LessonVersion, claim.version_id).lesson_id


def _in_draft(actor: Actor, claim_id: int) -> Claim:
    """A claim of the version that the actor may write in now, with its excerpts."""
    _lesson, version = lessons.open_draft(actor, lesson_of(actor, claim_id))
    claim: Claim = get_visible(Claim, actor, claim_id, selectinload(Claim.excerpts), lock=True)
    if claim.version_id != version.id:
        raise Conflict(_("This claim belongs to an earlier version of the lesson."))
    return claim


def _refuse_post(claim: Claim, post: Post) -> None:
    lesson_id = db.session.get_one(LessonVersion, claim.version_id).lesson_id
    if db.session.get(LessonSource, (lesson_id, post.thread_id)) is None:
        raise Invalid("post_id", _("This post is not in a thread that the lesson was made from."))
    if post.deleted_at is not None or post.hidden_at is not None:
        raise Invalid("post_id", _("This post is hidden or was taken back."))


def _freeze(claim: Claim, revision: PostRevision, start: int, end: int, stance: Stance) -> Excerpt:
    for existing in claim.excerpts:
        if (existing.revision_id, existing.start_at, existing.end_at) == (revision.id, start, end):
            existing.stance = stance
            db.session.flush()
            return existing
    words = revision.plain[start:end]
    excerpt = Excerpt(
        revision_id=revision.id,
        start_at=start,
        end_at=end,
        words=words,
        sha256=tokens.digest(words),
        stance=stance,
    )
    claim.excerpts.append(excerpt)
    db.session.flush()
    return excerpt


def _clean(value: str) -> str:
    return clean_line(
        value, field="text", limit=Claim.TEXT_MAX, missing=_("Write the claim in one sentence.")
    )


def _stance(value: Stance | str) -> Stance:
    try:
        return Stance(value)
    except ValueError as error:
        raise Invalid("stance", _("Choose what this excerpt does for the claim.")) from error
