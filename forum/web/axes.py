"""The page of an axis: what it means, and the newest lessons and threads about it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from forum.domain.lessons import library
from forum.domain.lessons.library_choice import Choice
from forum.domain.lessons.unknowns import agenda
from forum.domain.lessons.unknowns.agenda_queries import Choice as Questions
from forum.domain.themes.axis_texts import AXIS_PARAGRAPHS
from forum.domain.themes.labels import AXES
from forum.domain.threads import lists
from forum.policy.errors import NotFound
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer

bp = Blueprint("axes", __name__)
THREADS, LESSONS, QUESTIONS = 6, 3, 3


@bp.get("/axes/<axis>")
@open_to(anyone)
def show(axis: str) -> ResponseReturnValue:
    if axis not in AXES:
        raise NotFound
    who = viewer()
    return render_template(
        "axes/show.html",
        axis_code=axis,
        paragraph=AXIS_PARAGRAPHS[axis],
        threads=lists.latest_about(who, axis, THREADS),
        lessons=library.page(who, Choice(axis=(axis,)), limit=LESSONS).rows,
        questions=agenda.open_questions(who, Questions(axis), limit=QUESTIONS).rows,
        others=[str(code) for code in AXES if code != axis],
    )
