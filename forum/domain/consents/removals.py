"""Words that their author takes out of a lesson: permission taken back, or an objection where none was needed.

Out of sight at once, for everybody, in every version. For ten minutes it can be undone; then the calendar settles it
(`settling`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from forum.domain.audit import undoable
from forum.domain.lessons import consent_checks, origin, review_losses, rights, weakened
from forum.domain.lessons.claim_views import excerpt_view
from forum.domain.lessons.consent_checks import Given
from forum.domain.lessons.views import ExcerptView
from forum.domain.mailing import events
from forum.domain.threads import excerpts, revised
from forum.domain.threads.excerpts import Quoted, QuotedClaim
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.claims import Claim, Excerpt, Removal, RemovalKind
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import Post, PostRevision
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound
from forum.policy.visibility import sees


@dataclass(frozen=True, slots=True)
class OwnExcerpt:
    """Words of the actor in a published lesson, as its readers get them.

    `public_id` and `title` are empty where the actor may not read the lesson. `undo`: taken out a moment ago.
    """

    id: int
    public_id: str
    title: str
    audience: Audience
    claim: str
    said: str
    view: ExcerptView
    by_consent: bool
    is_current: bool  # else only in earlier versions
    undo: undoable.OpenAct | None = None


def mine(actor: Actor) -> list[OwnExcerpt]:
    """Return the actor's words in published lessons, the lesson that changed last first; each passage in one once."""
    acts = {
        number: act
        for act in undoable.open_acts(actor, kind=UndoKind.REMOVE)
        for number in act.before["removals"]
    }
    rows = _quoting(actor)
    claims = excerpts.of_versions({row.LessonVersion.id for row in rows}) if rows else {}
    open_acts = _passages(acts)
    found: dict[tuple[int, Any], OwnExcerpt] = {}
    for row in rows:
        for claim in _outside(row.Lesson, claims[row.LessonVersion.id], actor.id):
            for quoted in claim.quotes:
                if quoted.post.author_id != actor.id or not quoted.excerpt.words:
                    continue
                act_id = open_acts.get((row.Lesson.id, quoted.passage))
                if quoted.removed is None or act_id is not None:
                    own = _own(row, claim.text, quoted)
                    if act_id is not None:
                        own = replace(own, undo=acts[act_id])
                    found.setdefault((row.Lesson.id, quoted.passage), own)
    return list(found.values())


def asked(actor: Actor, excerpt_id: int) -> OwnExcerpt:
    """Return one of the actor's own excerpts, for the question before it is taken out; NotFound."""
    own = next((one for one in mine(actor) if one.id == excerpt_id and one.undo is None), None)
    if own is None:
        raise NotFound
    return own


def leaves_bare(actor: Actor, excerpt_id: int) -> bool:
    """Return whether a claim of the lesson would have no words left without this excerpt of the actor; NotFound."""
    row = _in_published(actor, excerpt_id)
    lesson = db.session.get_one(Lesson, row.lesson_id)
    for claim in excerpts.by_claim(lesson.current_id or 0):
        left = [quoted for quoted in claim.quotes if quoted.passage != tuple(_passage(row.Excerpt))]
        after = excerpts.QuotedClaim(claim.position, claim.text, left)
        if weakened.is_bare(after, lesson) and not weakened.is_bare(claim, lesson):
            return True
    return False


def take_out(actor: Actor, excerpt_id: int) -> UndoableAct:
    """Take words of one's own out of a lesson, out of sight at once; taken out already, nothing more. NotFound."""
    row = _in_published(actor, excerpt_id)
    lesson = locked(row.lesson_id)
    for before in undoable.open_acts(actor, kind=UndoKind.REMOVE):
        if (lesson.id, excerpts.Passage(*_passage(row.Excerpt))) in _passages(before.before["removals"]):
            return undoable.own(actor, before.id)
    kind = RemovalKind.WITHDRAWN if row.Excerpt.consent_id is not None else RemovalKind.OBJECTED
    removed = add(lesson, row.post_id, row.Excerpt, author_id=actor.id, kind=kind)
    if not removed:
        raise NotFound
    act = undoable.note(
        actor,
        UndoKind.REMOVE,
        removal_id=removed[0].id,
        before={"removals": [removal.id for removal in removed]},
    )
    follow(lesson)
    events.record("lesson.lost_words", lesson_id=lesson.id, act_id=act.id)
    gone = {removal.revision_id for removal in removed}
    review_losses.tell(
        act, [lesson], lambda quoted: quoted.removed is not None and quoted.excerpt.revision_id in gone
    )
    return act


def undo(actor: Actor, act: UndoableAct) -> None:
    """Put words of one's own back into their lesson; Conflict once that is settled."""
    removals = db.session.scalars(select(Removal).where(Removal.id.in_(act.before["removals"]))).all()
    lesson = locked(removals[0].lesson_id)
    for removal in removals:
        db.session.refresh(removal)
        if removal.settled_at is not None:
            raise Conflict(_("The ten minutes in which you could undo this are over."))
    if undoable.undone_meanwhile(act):
        return
    undoable.note_undone(act)
    for removal in removals:
        removal.undone_at = act.undone_at
    follow(lesson)


def add(
    lesson: Lesson, post_id: int, excerpt: Excerpt, *, author_id: int, kind: RemovalKind
) -> list[Removal]:
    """Write down that these words of a post leave the lesson, wherever it has them; nothing for those that are gone."""
    passages = {_passage(excerpt)} if excerpt.words else set()
    texts = _texts(post_id)
    for other in _of_post(lesson, post_id) if excerpt.words else ():
        elsewhere = other.words and other.revision_id != excerpt.revision_id
        if elsewhere and revised.is_same(*_in(texts, excerpt), *_in(texts, other)):
            passages.add(_passage(other))
    standing = select(Removal.revision_id, Removal.start_at, Removal.end_at).where(
        Removal.lesson_id == lesson.id, Removal.undone_at.is_(None)
    )
    passages -= {tuple(row) for row in db.session.execute(standing)}
    removals = [
        Removal(
            lesson_id=lesson.id,
            revision_id=revision_id,
            start_at=start,
            end_at=end,
            author_id=author_id,
            kind=kind,
            at=clock.now(),
        )
        for revision_id, start, end in sorted(passages)
    ]
    db.session.add_all(removals)
    db.session.flush()
    return removals


def locked(lesson_id: int) -> Lesson:
    """Return a lesson, locked until the end of the transaction: its author may act on it without being its reader."""
    query = select(Lesson).where(Lesson.id == lesson_id).with_for_update(of=Lesson)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def follow(lesson: Lesson) -> None:
    """Let what is kept about a lesson follow what was taken out of it, or put back."""
    rights.name_cities(lesson)
    weakened.look([lesson])


def _in_published(actor: Actor, excerpt_id: int) -> Any:
    """An excerpt of the actor in a published version, with its lesson and post; NotFound."""
    row = db.session.execute(
        select(Excerpt, LessonVersion.lesson_id, Post.id.label("post_id"))
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Excerpt.id == excerpt_id, Post.author_id == actor.id, LessonVersion.number.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _quoting(actor: Actor) -> list[Any]:
    """The published versions that quote the actor, the newest of each lesson first, and whether they may read it."""
    quotes = (
        select(Claim.id)
        .join(Excerpt, Excerpt.claim_id == Claim.id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Claim.version_id == LessonVersion.id, Post.author_id == actor.id, Excerpt.words != "")
    )
    query = (
        select(Lesson, LessonVersion, sees(Lesson, actor).label("seen"))
        .join(LessonVersion, LessonVersion.lesson_id == Lesson.id)
        .where(LessonVersion.number.is_not(None), quotes.exists())
        .order_by(Lesson.changed_at.desc(), Lesson.id.desc(), LessonVersion.sequence.desc())
    )
    return list(db.session.execute(query))


def _outside(lesson: Lesson, claims: list[QuotedClaim], author_id: int) -> list[QuotedClaim]:
    """The claims of a published version as readers of no space they came from get what that author said in them."""
    outside = [
        replace(
            claim,
            quotes=[
                replace(q, in_right=not consent_checks.sealed_by_consent(q, lesson, lesson.audience))
                for q in claim.quotes
            ],
        )
        for claim in claims
    ]
    stands_named = any(
        q.post.author_id == author_id and not q.in_right and q.consent is not None and q.consent.city_shown
        for claim in outside
        for q in claim.quotes
    )
    # Who is masked anyway, or stands there by right, is not masked with anybody: no need to look.
    return origin.masked_together(outside, Given(), lesson.id)[0] if stands_named else outside


def _own(row: Any, claim: str, quoted: Quoted) -> OwnExcerpt:
    lesson: Lesson = row.Lesson
    return OwnExcerpt(
        id=quoted.excerpt.id,
        public_id=(lesson.public_id or "") if row.seen else "",
        title=row.LessonVersion.title if row.seen else "",
        audience=lesson.audience,
        claim=claim if row.seen else "",
        said=quoted.excerpt.words,
        view=excerpt_view(replace(quoted, removed=None), (), None),
        by_consent=quoted.consent is not None and not quoted.in_right,
        is_current=row.LessonVersion.id == lesson.current_id,
    )


def _passages(removal_ids: Iterable[int]) -> dict[tuple[int, excerpts.Passage], int]:
    """The lesson and the place of each of these removals, with its id."""
    rows = db.session.scalars(select(Removal).where(Removal.id.in_(list(removal_ids)))).all()
    return {
        (row.lesson_id, excerpts.Passage(row.revision_id, row.start_at, row.end_at)): row.id for row in rows
    }


def _of_post(lesson: Lesson, post_id: int) -> list[Excerpt]:
    query = (
        select(Excerpt)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .where(LessonVersion.lesson_id == lesson.id, PostRevision.post_id == post_id)
    )
    return list(db.session.scalars(query))


def _texts(post_id: int) -> dict[int, str]:
    """Each text that a post had, by the id of its revision."""
    query = select(PostRevision.id, PostRevision.plain).where(PostRevision.post_id == post_id)
    return {row.id: row.plain for row in db.session.execute(query)}


def _in(texts: dict[int, str], excerpt: Excerpt) -> tuple[str, tuple[int, int]]:
    return texts[excerpt.revision_id], (excerpt.start_at, excerpt.end_at)


def _passage(excerpt: Excerpt) -> tuple[int, int, int]:
    return excerpt.revision_id, excerpt.start_at, excerpt.end_at
