"""A published lesson is withdrawn or superseded, after a page that says what happens then, and brought back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from forum.domain.lessons import ending
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.ending import SupersessionForm, WithdrawalForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("ending", __name__)


@bp.get("/lessons/<public_id>/withdrawal")
@open_to(members)
def ask_withdrawal(public_id: str) -> ResponseReturnValue:
    return _ask(public_id, WithdrawalForm(formdata=None))


@bp.post("/lessons/<public_id>/withdrawal")
@form_method
@open_to(members)
def withdraw(public_id: str) -> ResponseReturnValue:
    form = WithdrawalForm()
    if form.validate():
        with errors_on(form):
            ending.withdraw(actor(), public_id, reason=form.reason.data or "")
            return _ended(public_id)
    transactions.only_look()
    return _ask(public_id, form), 422


@withdraw.delete
@open_to(members)
def bring_back(public_id: str) -> ResponseReturnValue:
    ending.bring_back(actor(), public_id)
    flash(_("The lesson stands again, in the library too."), "ok")
    return redirect(links.to_lesson(public_id), 303)


@bp.get("/lessons/<public_id>/supersession")
@open_to(members)
def ask_supersession(public_id: str) -> ResponseReturnValue:
    return _ask(public_id, SupersessionForm(formdata=None))


@bp.post("/lessons/<public_id>/supersession")
@open_to(members)
def supersede(public_id: str) -> ResponseReturnValue:
    form = SupersessionForm()
    if form.validate():
        with errors_on(form):
            said = {"by": form.by.data or "", "reason": form.reason.data or ""}
            ending.supersede(actor(), public_id, **said)
            return _ended(public_id)
    transactions.only_look()
    return _ask(public_id, form), 422


def _ask(public_id: str, form: Any) -> str:
    about, told = ending.to_end(actor(), public_id)
    return render_template("lessons/ending.html", about=about, form=form, told=told)


def _ended(public_id: str) -> ResponseReturnValue:
    flash(_("The lesson is out of the library. Its page stays, with what you said."), "ok")
    return redirect(links.to_lesson(public_id), 303)
