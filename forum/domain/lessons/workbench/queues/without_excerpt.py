"""Claims that lost their words: every reader of a published lesson finds a claim without an excerpt."""

from forum.domain.lessons import weakened
from forum.domain.lessons.workbench.queues.window import Found, Window, of_list
from forum.policy.actors import Actor


def of(actor: Actor, window: Window) -> Found:
    """Return the lessons, the longest first (two queries)."""
    lessons = weakened.waiting(actor)
    return of_list(lessons, window, most=weakened.MOST, key=lambda one: one.id, day=lambda _one: None)
