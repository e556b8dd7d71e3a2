"""An editor confirms a lesson that went well in enough other cities."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import confirming
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("confirmations", __name__)


@bp.post("/lessons/<public_id>/confirmation")
@open_to(members)
def confirm(public_id: str) -> ResponseReturnValue:
    confirming.confirm(actor(), public_id)
    return redirect(url_for("lessons.show", public_id=public_id, _anchor="confirmation"), 303)
