"""On the workbench of a new version: which questions of the version before it answers."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from forum.domain.lessons.unknowns import answers
from forum.infra.i18n import _
from forum.web import workbench_pages as pages
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor
from forum.web.workbench_claims import bp

__all__ = ["bp"]


@bp.post("/workbench/<int:lesson_id>/answers")
@open_to(moderators)
def answer(lesson_id: int) -> ResponseReturnValue:
    """Keep what was ticked; what is no open question of the lesson is left out."""
    chosen = set(request.form.getlist("answers", type=int))
    answers.choose(actor(), lesson_id, chosen)
    flash(_("What this version answers is saved."), "ok")
    return pages.back(lesson_id, "text", _anchor="answers")
