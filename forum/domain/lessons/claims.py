"""Claims of a draft, and the excerpts that each rests on."""

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from forum.domain.lessons import lessons, places, rights
from forum.domain.lessons.places import Place
from forum.domain.lines import clean_line, too_long
from forum.domain.themes import labels
from forum.infra import tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.text import summary
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.consents import Consent
from forum.models.lessons import LessonSource, LessonVersion
from forum.models.threads import Post, PostRevision
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.visibility import get_visible

MOST = 20  # a lesson with more claims is two lessons


def add(actor: Actor, lesson_id: int, *, text: str) -> Claim:
    """Add a claim at the end; a claim with the same text is returned instead of added again.

    NotFound, Forbidden, Invalid at `text`.
    """
    _lesson, version = lessons.work_on(actor, lesson_id)
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


def move(actor: Actor, claim_id: int, *, up: bool) -> None:
    """Let a claim change places with the one before it, or after it; the first and the last one stay.

    NotFound, Forbidden, Conflict outside the draft.
    """
    claim = _in_draft(actor, claim_id)
    beside = Claim.position < claim.position if up else Claim.position > claim.position
    order = Claim.position.desc() if up else Claim.position
    query = select(Claim).where(Claim.version_id == claim.version_id, beside).order_by(order).limit(1)
    other = db.session.scalars(query).one_or_none()
    if other is None:
        return
    mine, theirs = claim.position, other.position
    for one, position in ((claim, 0), (other, mine), (claim, theirs)):
        one.position = position
        db.session.flush()  # one by one: two claims never have the same position


def agreed(actor: Actor, claim_id: int) -> int:
    """Return how many authors agreed to stand under just this claim; reworded it loses them. NotFound."""
    claim: Claim = get_visible(Claim, actor, claim_id)
    lesson_id = select(LessonVersion.lesson_id).where(LessonVersion.id == claim.version_id)
    about = select(func.count(Consent.author_id.distinct())).where(
        Consent.lesson_id == lesson_id.scalar_subquery(),
        Consent.claim_text == claim.text,
        Consent.agreed.is_(True),
    )
    return db.session.scalar(about) or 0


def remove(actor: Actor, claim_id: int) -> str:
    """Remove a claim with its excerpts, and return its text; those after it move up.

    NotFound, Forbidden, Conflict outside the draft.
    """
    claim = _in_draft(actor, claim_id)
    later = select(Claim).where(Claim.version_id == claim.version_id, Claim.position > claim.position)
    db.session.delete(claim)
    db.session.flush()
    for other in db.session.scalars(later.order_by(Claim.position)).all():
        other.position -= 1
        db.session.flush()  # one by one: two claims never have the same position
    return claim.text


def quote(
    actor: Actor,
    claim_id: int,
    *,
    post_id: int,
    words: str | None,
    stance: Stance | str,
    place: Place | None = None,
) -> Excerpt:
    """Freeze literal words of a post under a claim, at `place`, or without it where they stand only once.

    Without words they are those of the place, a sentence that was picked whole.

    The same place with the same stance again is the same excerpt. NotFound, Forbidden, Conflict outside the draft,
    Invalid at `post_id`, at `words`, or at `stance`, also when the claim has this place with another stance.
    """
    claim = _in_draft(actor, claim_id)
    post: Post = get_visible(Post, actor, post_id)
    _refuse_post(claim, post)
    chosen = _stance(stance)
    revision = _latest(post)
    start, end = places.span(revision, words, place)
    _refuse_removed(claim, revision, start, end)
    if end - start > Excerpt.WORDS_MAX:
        raise Invalid("words", too_long(end - start, Excerpt.WORDS_MAX))
    return _freeze(claim, revision, start, end, chosen)


def begin_with(
    actor: Actor, lesson_id: int, *, post_id: int, words: str | None, place: Place, stance: Stance | str
) -> Claim:
    """Add a claim that says what literal words of a post say, with these as its first excerpt; both as `quote`, `add`.

    It is a beginning: its maker says it in their own words later.
    """
    lessons.work_on(actor, lesson_id)
    post: Post = get_visible(Post, actor, post_id)
    start, end = places.span(_latest(post), words, place)
    said = _latest(post).plain[start:end]
    claim = add(actor, lesson_id, text=summary(" ".join(said.split()), Claim.TEXT_MAX))
    quote(actor, claim.id, post_id=post_id, words=words, place=place, stance=stance)
    return claim


def unquote(actor: Actor, excerpt_id: int) -> tuple[int, int]:
    """Remove an excerpt; return the ids of its claim and lesson. NotFound, Forbidden, Conflict outside the draft."""
    claim_id = db.session.scalar(select(Excerpt.claim_id).where(Excerpt.id == excerpt_id))
    if claim_id is None:
        raise NotFound
    claim = _in_draft(actor, claim_id)
    found = [excerpt for excerpt in claim.excerpts if excerpt.id == excerpt_id]
    if not found:  # somebody was first, or a round closed meanwhile
        raise NotFound
    claim.excerpts.remove(found[0])
    db.session.flush()
    return claim_id, lesson_of(actor, claim_id)


def lesson_of(actor: Actor, claim_id: int) -> int:
    """Return the id of the lesson that a claim belongs to; NotFound."""
    claim: Claim = get_visible(Claim, actor, claim_id)
    return db.session.get_one(LessonVersion, claim.version_id).lesson_id


def _in_draft(actor: Actor, claim_id: int) -> Claim:
    """A claim of the version that the actor may write in now, with its excerpts."""
    _lesson, version = lessons.work_on(actor, lesson_of(actor, claim_id))
    claim: Claim = get_visible(Claim, actor, claim_id, selectinload(Claim.excerpts), lock=True)
    if claim.version_id != version.id:
        raise Conflict(_("This claim belongs to an earlier version of the lesson."))
    return claim


def _latest(post: Post) -> PostRevision:
    query = select(PostRevision).where(PostRevision.post_id == post.id, PostRevision.number == post.revision)
    return db.session.scalars(query).one()


def _refuse_post(claim: Claim, post: Post) -> None:
    lesson_id = db.session.get_one(LessonVersion, claim.version_id).lesson_id
    if db.session.get(LessonSource, (lesson_id, post.thread_id)) is None:
        raise Invalid("post_id", _("This post is not in a thread that the lesson was made from."))
    if post.deleted_at is not None or post.hidden_at is not None:
        raise Invalid("post_id", _("This post is hidden or was taken back."))


def _refuse_removed(claim: Claim, revision: PostRevision, start: int, end: int) -> None:
    lesson_id = db.session.get_one(LessonVersion, claim.version_id).lesson_id
    if rights.is_taken_out(lesson_id, revision, start, end):
        raise Invalid("words", _("Its author took this text out of this lesson."))


def _freeze(claim: Claim, revision: PostRevision, start: int, end: int, stance: Stance) -> Excerpt:
    for existing in claim.excerpts:
        if (existing.revision_id, existing.start_at, existing.end_at) == (revision.id, start, end):
            if existing.stance != stance:
                raise _judged_already(existing)
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


def _judged_already(excerpt: Excerpt) -> Invalid:
    """The refusal that keeps an earlier judgement: somebody made it on purpose."""
    return Invalid(
        "stance",
        _(
            "This text is under this claim already, as “%(stance)s”. To change that, remove it there first.",
            stance=labels.STANCES[excerpt.stance],
        ),
    )


def _clean(value: str) -> str:
    return clean_line(
        value, field="text", limit=Claim.TEXT_MAX, missing=_("Write the claim in one sentence.")
    )


def _stance(value: Stance | str) -> Stance:
    try:
        return Stance(value)
    except ValueError as error:
        raise Invalid("stance", _("Choose what this excerpt does for the claim.")) from error
