"""Who may say that a published lesson still holds, and who that something in it no longer does."""

from forum.models.lessons import Lesson
from forum.policy.actions import Answer, deny, may_moderate, signed_in
from forum.policy.actors import Actor
from forum.policy.ending import stands
from forum.policy.measures import refusal_about


def may_affirm(actor: Actor | None, lesson: Lesson) -> Answer:
    """Say that it still holds: the moderators of its space, its curator among them."""
    answer = may_moderate(actor, lesson.space_id)
    if not answer:
        return answer
    return stands(lesson)


def may_signal(actor: Actor | None, lesson: Lesson) -> Answer:
    """Say that something no longer holds, also as a guest: whoever reads it and takes part in the network."""
    answer = signed_in(actor)
    if actor is None or not answer:
        return answer
    return deny(why) if (why := refusal_about(actor, lesson.space_id)) else stands(lesson)
