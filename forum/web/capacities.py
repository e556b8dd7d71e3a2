"""Answering for the capacities of others: confirmed, refused or ended by who can know."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.audit import undoable
from forum.domain.spaces import confirmations, waiting_capacities
from forum.infra import text
from forum.infra.i18n import _
from forum.policy.errors import Conflict
from forum.web.desk_returns import back_to_desk, is_from_desk, place_on_desk, told_on_desk
from forum.web.forms import errors_on
from forum.web.forms.members import ReasonForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.links import own_path

bp = Blueprint("capacities", __name__)


@bp.get("/admin/capacities")
@open_to(members)
def index() -> ResponseReturnValue:
    page = waiting_capacities.unanswered(actor(), cursor=request.args.get("waiting"))
    return render_template("members/capacities.html", page=page)


@bp.post("/capacities/<int:capacity_id>/confirmation")
@open_to(members)
@told_on_desk
def confirm(capacity_id: int) -> ResponseReturnValue:
    capacity = confirmations.confirm(actor(), capacity_id, with_undo=is_from_desk())
    if is_from_desk() and capacity.confirmed_by_id != actor().id:
        raise Conflict(_("This was decided already."))
    if back := _back_to_desk(
        _("Confirmed: what was said as this counts now, and its member hears it."), capacity_id
    ):
        return back
    flash(_("Confirmed: what was said as this counts from now on."), "ok")
    return _back()


@bp.post("/capacities/<int:capacity_id>/refusal")
@open_to(members)
@told_on_desk
def refuse(capacity_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    with errors_on(form):
        typed = form.reason.data or ""
        refused = confirmations.refuse(actor(), capacity_id, reason=typed, with_undo=is_from_desk())
        if back := _back_to_desk(_("Not confirmed. This person gets your reason by e-mail."), capacity_id):
            return back
        if refused.refused_reason == text.one_line(typed):
            flash(_("Not confirmed. This person gets your reason by e-mail."), "ok")
        else:  # refused before, from another page: the first reason was sent
            flash(_("This was decided already."), "care")
        return _back()
    capacity, back = (
        waiting_capacities.one(actor(), capacity_id),
        place_on_desk() or own_path(request.form.get("next")),
    )
    return render_template(
        "members/capacity.html", capacity=capacity, wrong=form.reason, back=back or url_for("home.index")
    ), 422


@bp.post("/capacities/<int:capacity_id>/ending")
@open_to(members)
def end(capacity_id: int) -> ResponseReturnValue:
    confirmations.end(actor(), capacity_id)
    flash(_("Ended. What was written before keeps it, and this person gets an e-mail."), "ok")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(own_path(request.form.get("next")) or url_for("home.index"), 303)


def _back_to_desk(sentence: str, capacity_id: int) -> ResponseReturnValue | None:
    if not is_from_desk():
        return None
    return back_to_desk(sentence, undoable.of_item(actor(), f"capacity-{capacity_id}"))
