"""The accounts of the whole network, for its administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.people import accounts
from forum.infra.i18n import _
from forum.web.forms.members import ReasonForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("admin", __name__)


@bp.get("/admin/members")
@open_to(members)
def index() -> ResponseReturnValue:
    page = accounts.everyone(actor(), cursor=request.args.get("after"))
    return render_template("members/everyone.html", page=page, form=ReasonForm(formdata=None))


@bp.post("/admin/members/<int:member_id>/suspension")
@form_method
@open_to(members)
def suspension(member_id: int) -> ResponseReturnValue:
    member = accounts.suspend(actor(), member_id, reason=_reason())
    flash(_("%(name)s is suspended.", name=member.name), "ok")
    return redirect(url_for("admin.index"), 303)


@suspension.delete
@open_to(members)
def readmit(member_id: int) -> ResponseReturnValue:
    member = accounts.readmit(actor(), member_id, reason=_reason())
    flash(_("%(name)s is readmitted.", name=member.name), "ok")
    return redirect(url_for("admin.index"), 303)


def _reason() -> str:
    return ReasonForm().reason.data or ""
