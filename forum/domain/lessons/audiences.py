"""For whom a lesson can be: never for more than its space allows, and a published one for the same readers."""

from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Space
from forum.policy.errors import Invalid


def refuse(lesson: Lesson, audience: Audience) -> None:
    """Refuse readers whom the lesson cannot have; Invalid at `audience`."""
    space = db.session.get_one(Space, lesson.space_id)
    if space.unlisted_at is not None and audience != Audience.SPACE:
        raise Invalid("audience", _("What comes from this space stays in this space."))
    # Consents were given for the audience of the published version; another audience needs another lesson.
    if lesson.current_id is not None and audience != lesson.audience:
        raise Invalid("audience", _("You cannot change who reads a published lesson."))
