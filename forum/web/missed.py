"""What people look for and do not find, for editors of the network: asked, set aside and brought back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.search import missed
from forum.domain.search.results import LITERALLY
from forum.infra.i18n import _
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("missed", __name__)


@bp.get("/coverage/missed")
@open_to(members)
def index() -> ResponseReturnValue:
    is_aside, cursor = request.args.get("show") == "aside", request.args.get("after")
    page = missed.page(actor(), set_aside=is_aside, cursor=cursor)
    return render_template(
        "coverage/missed.html",
        page=page,
        is_aside=is_aside,
        after=cursor,
        # As it was typed, so that an editor who looks is not counted.
        literally={LITERALLY: 1},
    )


@bp.post("/coverage/missed/<int:missed_id>/aside")
@form_method
@open_to(members)
def set_aside(missed_id: int) -> ResponseReturnValue:
    words = missed.set_aside(actor(), missed_id)
    flash(_("“%(words)s” is set aside. You can put it on the list again at any time.", words=words), "ok")
    return redirect(url_for(".index"), 303)


@set_aside.delete
@open_to(members)
def bring_back(missed_id: int) -> ResponseReturnValue:
    words = missed.bring_back(actor(), missed_id)
    flash(_("“%(words)s” is on the list again.", words=words), "ok")
    return redirect(url_for(".index", show="aside"), 303)
