"""How long a draft stays with who works on it: two weeks from their last work."""

from datetime import timedelta

from forum.domain.lessons import earlier_curators
from forum.infra import days
from forum.models.lessons import Lesson
from forum.policy.actors import Actor

HELD = timedelta(days=14)


def hold(lesson: Lesson) -> None:
    """Let a draft stay in the same hands for the next two weeks."""
    lesson.held_until = days.today() + HELD


def worked(actor: Actor, lesson: Lesson) -> None:
    """Renew that for who works on it, and keep that a deputy did: they check it no more."""
    hold(lesson)
    if actor.id != lesson.curator_id:
        earlier_curators.add_deputy(lesson, actor.id)


def let_go(lesson: Lesson) -> None:
    """Say that nobody has it in hand: there is no draft any more."""
    lesson.held_until = lesson.deputy_id = None
