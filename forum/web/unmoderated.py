"""Spaces in which nobody moderates now, for administrators of the network."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.desk import unattended
from forum.domain.spaces import unmoderated
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.members import ModeratorForm
from forum.web.http import transactions, unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.members_page import Wrong

bp = Blueprint("unmoderated", __name__)


@bp.get("/admin/spaces")
@open_to(members)
def index() -> ResponseReturnValue:
    unread.opened("space_unattended")
    return _page()


@bp.post("/admin/spaces/<int:space_id>/moderator")
@open_to(members)
def name(space_id: int) -> ResponseReturnValue:
    form = ModeratorForm()
    if form.validate():
        with errors_on(form):
            unattended.name(actor(), space_id, handle=form.handle.data or "")
            flash(_("Saved. Your choice moderates the space from now on, and is told."), "ok")
            return redirect(url_for(".index"), 303)
    transactions.only_look()
    return _page(Wrong(space_id, "handle", form)), 422


def _page(wrong: Wrong | None = None) -> str:
    rows, others = unmoderated.of_network(actor()), unattended.of_network(actor())
    ids = [row.id for row in rows] + [row.id for row in others]
    forms = {space_id: Wrong(space_id, "handle", ModeratorForm(formdata=None)).form for space_id in ids}
    if wrong is not None:
        forms[wrong.about] = wrong.form
    choosing = [row.id for row in rows if not row.are_away] + [row.id for row in others]
    return render_template(
        "admin/spaces.html",
        rows=rows,
        others=others,
        forms=forms,
        most=unmoderated.MOST,
        offered=unmoderated.offered(actor(), choosing),
        most_offered=unmoderated.OFFERED,
    )
