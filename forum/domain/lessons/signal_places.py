"""Where the draft of what somebody says of a lesson that no longer holds stands: on its page."""

from collections.abc import Collection

from sqlalchemy import select

from forum.domain.drafts.views import Place, Subject
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.ageing import may_signal
from forum.policy.visibility import sees

FORMS = (SIGNAL,) = ("lesson_signal",)


def of(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """Return where these drafts stand, without those of lessons that the actor does not see (one query)."""
    query = (
        select(Lesson, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.id.in_([one.id for one in asked]), sees(Lesson, actor))
    )
    return {
        Subject(SIGNAL, lesson.id): Place(
            title, "", may_signal(actor, lesson), address={"public_id": lesson.public_id}
        )
        for lesson, title in db.session.execute(query)
    }
