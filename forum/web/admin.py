"""The accounts of the whole network, for its administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.people import accounts
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.members import ReasonForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method
from forum.web.members_page import Wrong

bp = Blueprint("admin", __name__)


@bp.get("/admin/members")
@open_to(members)
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/admin/members/<int:member_id>/suspension")
@form_method
@open_to(members)
def suspension(member_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate():
        with errors_on(form):
            member = accounts.suspend(actor(), member_id, reason=form.reason.data or "")
            flash(_("%(name)s is suspended.", name=member.name), "ok")
            return redirect(url_for("admin.index"), 303)
    return _page(Wrong(member_id, "reason", form)), 422


@suspension.delete
@open_to(members)
def readmit(member_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate():
        with errors_on(form):
            member = accounts.readmit(actor(), member_id, reason=form.reason.data or "")
            flash(_("%(name)s is readmitted.", name=member.name), "ok")
            return redirect(url_for("admin.index"), 303)
    return _page(Wrong(member_id, "reason", form)), 422


def _page(wrong: Wrong | None = None) -> str:
    after = request.args.get("after")
    page = accounts.everyone(actor(), cursor=after)
    forms = {row.id: Wrong(row.id, "reason", ReasonForm(formdata=None)).form for row in page.rows}
    if wrong is not None:
        forms[wrong.about] = wrong.form
    return render_template("members/everyone.html", page=page, forms=forms, after=after)
