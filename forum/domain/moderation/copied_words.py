"""Where else words of a post stand: copies that go with them, and what a moderator has to look at for themselves."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from forum.domain.moderation.sealing import Change
from forum.infra import left_out
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.drafts import Draft
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.moved_posts import MovedPost
from forum.models.post_reports import PostObjection, PostReport
from forum.models.sealing import Sealing, SealingObjection
from forum.models.summaries import SummarySentence, SummaryVersion
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

# Forms of `draft_places`: about a post, about a thread, and about an act that left words out.
OF_POST, OF_THREAD, OF_SEALING = ("edit", "objection"), ("reply", "summary"), ("left_out_objection",)
MOST = 300  # posts of a thread that are looked through for who asks
_TOLD = (
    "title",
    "one_sentence",
    "summary",
    "context",
    "problem",
    "what_was_done",
    "result",
    "recommendation",
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other posts of the thread with the words, by number, and lessons that say them in words of their own.

    Both stay as they are: each is for a moderator to look at.
    """

    posts: tuple[tuple[int, int], ...]  # number and id
    lessons: tuple[tuple[int, str], ...]  # id and title


def changes(post: Post, words: str, mark: str) -> list[Change]:
    """Return what becomes of summaries of the thread, drafts about it and reports of the post (system read)."""
    return [
        *_of_heading(post, words, mark),
        *_of_summaries(post, words, mark),
        *_of_drafts(post, words, mark),
        *_of_reports(post, words, mark),
    ]


def elsewhere(actor: Actor, thread: Thread, post: Post, words: str) -> Elsewhere:
    """Return where else a moderator finds these words (three queries)."""
    texts = (
        select(Post.number, Post.id, PostRevision.plain)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.thread_id == thread.id, Post.id != post.id)
        .where(Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .order_by(Post.number)
        .limit(MOST)
    )
    found = tuple(
        (row.number, row.id) for row in db.session.execute(texts) if left_out.holds(words, row.plain)
    )
    return Elsewhere(found, _lessons(actor, thread, words))


def _lessons(actor: Actor, thread: Thread, words: str) -> tuple[tuple[int, str], ...]:
    versions = (
        select(Lesson.id, LessonVersion)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .join(LessonVersion, LessonVersion.id.in_((Lesson.current_id, Lesson.working_id)))
        .where(LessonSource.thread_id == thread.id, sees(Lesson, actor))
        .order_by(Lesson.id)
    )
    rows = db.session.execute(versions).all()
    ids = [version.id for _lesson, version in rows]
    claims: dict[int, list[str]] = {}
    for version_id, said in db.session.execute(
        select(Claim.version_id, Claim.text).where(Claim.version_id.in_(ids))
    ):
        claims.setdefault(version_id, []).append(said)
    found = {}
    for lesson_id, version in rows:
        told = [*(getattr(version, name) or "" for name in _TOLD), *claims.get(version.id, [])]
        if any(left_out.holds(words, each) for each in told):
            found[lesson_id] = left_out.without(words, version.title, left_out.SHORT, len(version.title) + 9)
    return tuple(found.items())


def _stood_in(post: Post) -> list[int]:
    """The threads in which a post stands or stood: their summaries and drafts may still tell its words.

    Those of a thread that was merged after the post left it stand where its other posts went.
    """
    stood = select(MovedPost.thread_id).where(MovedPost.post_id == post.id)
    merged = select(Thread.id).where(Thread.id.in_(stood), Thread.merged_at.is_not(None))
    went = select(Post.thread_id).join(MovedPost, MovedPost.post_id == Post.id)
    went = went.where(MovedPost.thread_id.in_(merged))
    return [post.thread_id, *db.session.scalars(stood.union(went))]


def _of_heading(post: Post, words: str, mark: str) -> list[Change]:
    """The title above a post that opened a thread of its own."""
    if not left_out.holds(words, post.heading):
        return []
    after = left_out.without(words, post.heading, mark, Thread.TITLE_MAX)
    return [Change("post", (post.id,), "heading", post.heading, after)]


def _of_summaries(post: Post, words: str, mark: str) -> list[Change]:
    query = (
        select(SummarySentence)
        .join(SummaryVersion, SummaryVersion.id == SummarySentence.version_id)
        .where(SummaryVersion.thread_id.in_(_stood_in(post)))
    )
    return [
        Change(
            "sentence",
            (row.version_id, row.position),
            "words",
            row.words,
            left_out.without(words, row.words, mark, SummarySentence.WORDS_MAX),
        )
        for row in db.session.scalars(query)
        if left_out.holds(words, row.words)
    ]


def _of_drafts(post: Post, words: str, mark: str) -> list[Change]:
    about = or_(
        Draft.form.in_(OF_POST) & (Draft.subject_id == post.id),
        Draft.form.in_(OF_THREAD) & Draft.subject_id.in_(_stood_in(post)),
        Draft.form.in_(OF_SEALING) & Draft.subject_id.in_(_sealings(post)),
    )
    drafts = db.session.scalars(select(Draft).where(about).execution_options(populate_existing=True))
    found = [(draft, column) for draft in drafts for column in ("fields", "other_fields")]
    kept = [(draft, column, getattr(draft, column)) for draft, column in found if getattr(draft, column)]
    return [
        Change("draft", (draft.id,), column, fields, _shortened(fields, words, mark))
        for draft, column, fields in kept
    ]


def _shortened(fields: dict[str, Any], words: str, mark: str) -> dict[str, Any]:
    return {
        name: left_out.without(words, value, mark, len(value) + 1_000) if isinstance(value, str) else value
        for name, value in fields.items()
    }


def _of_reports(post: Post, words: str, mark: str) -> list[Change]:
    """What readers reported of the post, and what its author said against an earlier act."""
    kinds: tuple[tuple[str, Any, Any], ...] = (
        ("report", PostReport, PostReport.post_id == post.id),
        ("objection", PostObjection, PostObjection.post_id == post.id),
        ("against", SealingObjection, SealingObjection.sealing_id.in_(_sealings(post))),
    )
    return [
        Change(table, (row.id,), "words", row.words, left_out.without(words, row.words, mark, row.WORDS_MAX))
        for table, model, is_about in kinds
        for row in db.session.scalars(select(model).where(is_about))
        if left_out.holds(words, row.words)
    ]


def _sealings(post: Post) -> Any:
    return select(Sealing.id).where(Sealing.post_id == post.id)
