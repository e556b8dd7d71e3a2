"""The accounts of the whole network, for its administrators."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from forum.domain.people import accounts
from forum.infra.i18n import _
from forum.policy.errors import Invalid
from forum.web.forms.members import ReasonForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import viewer
from forum.web.http.form_methods import is_delete

bp = Blueprint("admin", __name__)


@bp.get("/admin/members")
@open_to(members)
def index() -> Any:
    page = accounts.everyone(viewer(), cursor=request.args.get("after"))
    return render_template("members/everyone.html", page=page, form=ReasonForm(formdata=None))


@bp.post("/admin/members/<int:member_id>/suspension")
@open_to(members)
def suspension(member_id: int) -> Any:
    form = ReasonForm()
    if not form.validate_on_submit():
        raise Invalid("reason", _("Say why: it stays in the log."))
    verb = accounts.readmit if is_delete() else accounts.suspend
    member = verb(viewer(), member_id, reason=form.reason.data)
    kept_out = member.suspended_at is not None
    name = member.name
    flash(_("%(name)s is suspended.", name=name) if kept_out else _("%(name)s is in again.", name=name), "ok")
    return redirect(url_for("admin.index"), 303)
