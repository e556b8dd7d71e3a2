"""A forgotten password: asking for a link, and choosing a new one. Pages of the blueprint of accounts."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.mailing import hold
from forum.domain.people import mail_links, passwords
from forum.domain.people.mail_links import LinkExpired
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.web.accounts import address, bp, go_on, used
from forum.web.forms import errors_on
from forum.web.forms.accounts import RequestResetForm, ResetForm
from forum.web.http import known_devices, transactions, unsent_forms
from forum.web.http.access import anyone, open_to

__all__ = ["bp"]


@bp.get("/accounts/forgot")
@open_to(anyone)
def forgot_password() -> ResponseReturnValue:
    return render_template(
        "accounts/forgot_password.html", form=RequestResetForm(formdata=None), go_on=go_on()
    )


@bp.post("/accounts/forgot")
@open_to(anyone)
def request_reset() -> ResponseReturnValue:
    form = RequestResetForm()
    if not form.validate():
        return render_template("accounts/forgot_password.html", form=form), 422
    email = form.email.data
    passwords.request_reset(email, address=address(), device=known_devices.known(email))
    return redirect(url_for("accounts.reset_requested"), 303)


@bp.get("/accounts/forgot/sent")
@open_to(anyone)
def reset_requested() -> ResponseReturnValue:
    return render_template("accounts/reset_requested.html", held=hold.is_held())


@bp.get("/accounts/reset/<token>")
@open_to(anyone)
def reset(token: str) -> ResponseReturnValue:
    return _reset_page(token, mail_links.resetting_member(token), ResetForm(formdata=None))


def reset_anew(token: str) -> ResponseReturnValue:
    """Answer the form of a page that was open too long, perhaps while the password was set in another tab."""
    try:
        member = mail_links.resetting_member(token)
    except LinkExpired as error:
        return used(error)
    return _reset_page(token, member, ResetForm(), open_too_long=True), 403


@bp.post("/accounts/reset/<token>")
@open_to(anyone)
@unsent_forms.without_session(reset_anew)
def reset_password(token: str) -> ResponseReturnValue:
    form = ResetForm()
    with transactions.looking_up():
        member = mail_links.resetting_member(token)
    if form.validate():
        with errors_on(form):
            with transactions.looking_up():
                new = passwords.new_by_link(token, form.password.data)
            known_devices.remember(passwords.reset(new).email)
            flash(_("Your new password is set. Sign in with it."), "ok")
            return redirect(url_for("accounts.sign_in"), 303)
    return _reset_page(token, member, form), 422


def _reset_page(token: str, member: Member, form: ResetForm, *, open_too_long: bool = False) -> str:
    return render_template(
        "accounts/reset.html",
        form=form,
        member=member,
        token=token,
        open_too_long=open_too_long,
        go_on=go_on(),
    )
