"""What an act on a thread or a post would do to published lessons, as far as the actor may know; asked before it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.domain.lessons import rights, weakened
from forum.domain.threads import excerpts, post_store
from forum.domain.threads.excerpts import Quoted, QuotedClaim
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible, sees


@dataclass(frozen=True, slots=True)
class Loss:
    """A published lesson that rests on what the act is about: how many excerpts it loses, and which claims all words.

    Without a loss it stays whole.
    """

    public_id: str
    title: str
    excerpts: int = 0
    bare: tuple[int, ...] = ()  # the numbers of claims that would have no words left


def of_thread(actor: Actor, thread_id: int) -> list[Loss]:
    """Return the lessons that rest on a thread: fewer readers of it take nothing from them (two queries); NotFound."""
    get_visible(Thread, actor, thread_id)
    return _losses(
        actor, thread_id, of=lambda quoted: quoted.thread.id == thread_id, gone=lambda _quoted: False
    )


def of_posts(actor: Actor, thread_id: int, post_ids: Collection[int]) -> list[Loss]:
    """Return the lessons that rest on some posts of a thread, which lose nothing where these move; NotFound."""
    get_visible(Thread, actor, thread_id)
    return _losses(actor, thread_id, of=lambda quoted: quoted.post.id in post_ids, gone=lambda _quoted: False)


def of_post(actor: Actor, post_id: int, *, taken_back: bool = False) -> list[Loss]:
    """Return the lessons that rest on a post, each with what it loses when the post is hidden or taken back; NotFound.

    `taken_back`: with an opening post after which nobody else wrote, the posts of its author after it go too.
    """
    post: Post = get_visible(Post, actor, post_id)
    thread: Thread = get_visible(Thread, actor, post.thread_id)
    whole = taken_back and post.number == 1 and not post_store.others_wrote(thread)

    def is_about(quoted: Quoted) -> bool:
        return quoted.thread.id == thread.id if whole else quoted.post.id == post.id

    return _losses(actor, thread.id, of=is_about, gone=is_about)


def of_places(actor: Actor, thread_id: int, places: Mapping[int, Sequence[tuple[int, int]]]) -> list[Loss]:
    """Return the lessons that quote any of these places, by the id of their text: whole excerpts go that have a part.

    For who may read the thread (two queries).
    """

    def is_about(quoted: Quoted) -> bool:
        return any(
            start < quoted.excerpt.end_at and quoted.excerpt.start_at < end
            for start, end in places.get(quoted.excerpt.revision_id, ())
        )

    return _losses(actor, thread_id, of=is_about, gone=is_about)


def _losses(
    actor: Actor, thread_id: int, *, of: Callable[[Quoted], bool], gone: Callable[[Quoted], bool]
) -> list[Loss]:
    rows = db.session.execute(
        select(Lesson, LessonVersion.id, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .where(LessonSource.thread_id == thread_id, sees(Lesson, actor))
        .order_by(Lesson.published_at, Lesson.id)
    ).all()
    claims = excerpts.of_versions([version_id for _lesson, version_id, _title in rows]) if rows else {}
    return [
        _loss(lesson, title, claims[version_id], gone)
        for lesson, version_id, title in rows
        if any(
            of(quoted) and rights.is_readable(quoted, lesson)
            for claim in claims[version_id]
            for quoted in claim.quotes
        )
    ]


def _loss(lesson: Lesson, title: str, claims: list[QuotedClaim], gone: Callable[[Quoted], bool]) -> Loss:
    lost, bare = 0, []
    for claim in claims:
        left = [quoted for quoted in claim.quotes if not gone(quoted)]
        lost += sum(gone(quoted) and rights.is_readable(quoted, lesson) for quoted in claim.quotes)
        after = QuotedClaim(claim.position, claim.text, left)
        if weakened.is_bare(after, lesson) and not weakened.is_bare(claim, lesson):
            bare.append(claim.position)
    return Loss(lesson.public_id or "", title, lost, tuple(bare))
