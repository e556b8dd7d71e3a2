"""When a moderator is away: they say so themselves, change it, and are back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.spaces import absences, deputies
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.absences import AbsenceForm, form_of
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("absences", __name__)


@bp.get("/settings/absence")
@open_to(members)
def show() -> ResponseReturnValue:
    own = absences.own(actor())
    filled = {"first": own.first, "last": own.last} if own is not None else {}
    return _page(form_of(absences.lacking(actor(), own), formdata=None, **filled))


@bp.post("/settings/absence")
@form_method
@open_to(members)
def say() -> ResponseReturnValue:
    form = form_of(absences.lacking(actor(), AbsenceForm().days()))
    chosen = form.days()
    if form.validate() and chosen is not None:
        with errors_on(form):
            absences.say(actor(), chosen, named=form.named())
            flash(_("Saved. The other moderators of your spaces see when you are away."), "ok")
            return redirect(url_for(".show"), 303)
    transactions.only_look()
    return _page(form), 422


@say.delete
@open_to(members)
def end() -> ResponseReturnValue:
    absences.end(actor())
    flash(_("You are not away now."), "ok")
    return redirect(url_for(".show"), 303)


def _page(form: AbsenceForm) -> str:
    return render_template(
        "settings/absence.html",
        own=absences.own(actor()),
        form=form,
        deputies=deputies.of_moderator(actor()),
    )
