"""What an act on a post took from lessons: written down with each, and told once nobody can undo it."""

from collections.abc import Iterable

from forum.domain.lessons import review_losses, weakened
from forum.domain.mailing import events
from forum.domain.threads import excerpts
from forum.models.lessons import Lesson
from forum.models.threads import Post
from forum.models.undo import UndoableAct


def tell(act: UndoableAct, lessons: Iterable[Lesson], post: Post) -> None:
    """Look at the lessons that were held for the act, and record for each that quotes the post that it lost words.

    Of a version in review, who checks it hears of it.
    """
    all_held = list(lessons)
    held = {lesson.current_id: lesson for lesson in all_held if lesson.current_id is not None}
    weakened.look(held.values())
    for version_id, claims in excerpts.of_versions(held).items() if held else ():
        if any(_is_about(quoted, post) for claim in claims for quoted in claim.quotes):
            events.record("lesson.lost_words", lesson_id=held[version_id].id, act_id=act.id)
    review_losses.tell(act, all_held, lambda quoted: _is_about(quoted, post))


def _is_about(quoted: excerpts.Quoted, post: Post) -> bool:
    """Whether the words went with this post: as its own, or as others of its author in a thread that went whole."""
    if quoted.post.id == post.id:
        return True
    went_whole = quoted.thread.withdrawn_at is not None and post.deleted_at is not None
    return went_whole and quoted.thread.id == post.thread_id
