"""Words selected in a thread, on their way under a claim: the drafts that can take them."""

from dataclasses import dataclass, field

from sqlalchemy import select

from forum.domain.lessons.places import Place
from forum.domain.threads import posts
from forum.infra import text
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonSource, LessonState, LessonVersion
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import NotFound
from forum.policy.visibility import sees

MOST = 20  # drafts of one thread


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that is made from the thread, with its claims by id: (number, text)."""

    lesson_id: int
    title: str
    claims: dict[int, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selected:
    """The words, and where they stand."""

    thread: Thread
    post: Post
    place: Place
    words: str
    drafts: list[OpenDraft]


def selected(actor: Actor, post_id: int, *, revision: int, start: int, end: int) -> Selected:
    """Return words of a post of the actor's space, from and up to which letters, blanks not counted.

    NotFound, also when the post was changed or cannot be read; Forbidden.
    """
    thread, post = posts.place(actor, post_id)
    require(may_moderate(actor, thread.space_id))
    if post.hidden_at is not None or post.deleted_at is not None or post.revision != revision:
        raise NotFound
    query = select(PostRevision.plain).where(PostRevision.post_id == post.id, PostRevision.number == revision)
    plain = db.session.scalars(query).one()
    place = text.letters(plain, start, end)
    if place is None:
        raise NotFound
    return Selected(thread, post, Place(revision, *place), plain[slice(*place)], _drafts(actor, thread.id))


def _drafts(actor: Actor, thread_id: int) -> list[OpenDraft]:
    made_from = select(LessonSource.lesson_id).where(LessonSource.thread_id == thread_id)
    query = (
        select(Lesson.id, LessonVersion.title, Claim.id.label("claim_id"), Claim.position, Claim.text)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .outerjoin(Claim, Claim.version_id == LessonVersion.id)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(moderated(actor)),
            Lesson.state == LessonState.DRAFT,
            Lesson.id.in_(made_from),
        )
        .order_by(LessonVersion.saved_at.desc(), Lesson.id.desc(), Claim.position)
    )
    found: dict[int, OpenDraft] = {}
    for row in db.session.execute(query):
        if row.id not in found and len(found) == MOST:
            break
        draft = found.setdefault(row.id, OpenDraft(row.id, row.title))
        if row.claim_id is not None:
            draft.claims[row.claim_id] = (row.position, row.text)
    return list(found.values())
