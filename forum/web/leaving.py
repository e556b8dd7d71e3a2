"""Leaving a space by oneself."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.spaces import leaving, spaces
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.members import LeavingForm
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("leaving", __name__)


@bp.get("/spaces/<slug>/leave")
@open_to(members)
def ask(slug: str) -> ResponseReturnValue:
    return _page(slug, LeavingForm(formdata=None))


@bp.post("/spaces/<slug>/leave")
@open_to(members)
def leave(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), LeavingForm()
    if form.validate():
        with errors_on(form):
            leaving.leave(actor(), space.id, successor=form.handle.data or "")
            flash(_("You no longer belong to %(space)s.", space=space.name), "ok")
            return redirect(url_for("home.index"), 303)
    transactions.only_look()
    return _page(slug, form), 422


def _page(slug: str, form: LeavingForm) -> str:
    found = leaving.ask(actor(), spaces.by_slug(actor(), slug).id)
    return render_template("members/leave.html", found=found, form=form)
