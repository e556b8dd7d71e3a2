"""The log of a lesson, for the moderators of its space."""

from itertools import groupby

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import steps
from forum.infra import i18n
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor

bp = Blueprint("lesson_steps", __name__)


@bp.get("/workbench/<int:lesson_id>/steps")
@open_to(moderators)
def index(lesson_id: int) -> ResponseReturnValue:
    log = steps.page(actor(), lesson_id, cursor=request.args.get("after"))
    return render_template(
        "lessons/steps.html",
        log=log,
        days=[list(lines) for _day, lines in groupby(log.lines, lambda line: i18n.local_day(line.at))],
        older=url_for(".index", lesson_id=lesson_id, after=log.next_cursor) if log.next_cursor else None,
    )
