"""Accounts: signing in and out, asking for an account, confirming an address. Passwords: `web/passwords.py`."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.mailing import hold
from forum.domain.people import mail_links, passwords, sessions
from forum.domain.people.mail_links import LinkExpired
from forum.domain.spaces import access_requests
from forum.domain.themes.labels import organisation
from forum.infra import addresses, i18n
from forum.infra.i18n import _
from forum.models.accounts import Body, Level
from forum.models.spaces import AccessRequest
from forum.web import devices
from forum.web.forms import errors_on
from forum.web.forms.accounts import ConfirmForm, JoinForm, SignInForm
from forum.web.http import known_devices, transactions, unsent_forms
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import begin, device_secret, end, viewer
from forum.web.http.links import own_path
from forum.web.http.prefetch import is_ahead

bp = Blueprint("accounts", __name__)


@bp.errorhandler(LinkExpired)
def used(error: LinkExpired) -> ResponseReturnValue:
    """Answer a link that no longer works: who is signed in needs one that was used no more, and goes on."""
    transactions.only_look()  # nothing that the link began is kept
    who = viewer()
    if who is None or not error.used:
        return link_expired(error)
    if not is_ahead():
        flash(_("You are signed in as %(name)s, so that link is no longer of use.", name=who.name), "ok")
    return redirect(go_on(), 303)


def link_expired(error: LinkExpired) -> tuple[str, int]:
    """Return the page about a link from a letter that no longer works: it says why, and what to do."""
    return render_template("accounts/link_expired.html", reason=error.reason, go_on=go_on()), 410


def go_on() -> str:
    """Return where somebody was going who came upon a page to sign in, and who is signed in by now."""
    return own_path(request.values.get("next")) or url_for("home.index")


def address() -> str:
    """Return where this request comes from, to count what is asked from there."""
    return request.remote_addr or "unknown"


@bp.get("/accounts/sign-in")
@open_to(anyone)
def sign_in() -> ResponseReturnValue:
    if viewer() is not None:
        return redirect(go_on(), 303)
    next_path = own_path(request.args.get("next")) or ""
    return render_template("accounts/sign_in.html", form=SignInForm(formdata=None, next=next_path))


def sign_in_anew() -> ResponseReturnValue:
    """Answer the form of a page that was open too long, perhaps while somebody signed in beside it."""
    form = SignInForm()
    if _is_signed_in_as(form.email.data):
        return redirect(go_on(), 303)
    return render_template("accounts/sign_in.html", form=form, open_too_long=True, go_on=go_on()), 403


@bp.post("/accounts/sign-in")
@open_to(anyone)
@unsent_forms.without_session(sign_in_anew)
def submit_sign_in() -> ResponseReturnValue:
    """Sign in. Whoever is signed in already goes on; with another account, that one takes the place of the first."""
    form, before = SignInForm(), viewer()
    if _is_signed_in_as(form.email.data):
        return redirect(go_on(), 303)
    if _sign_in(form):
        if before is not None:
            flash(_("%(name)s is signed out on this device.", name=before.name), "ok")
        return redirect(go_on(), 303)
    return render_template("accounts/sign_in.html", form=form, go_on=go_on()), 422


def resume_anew() -> ResponseReturnValue:
    """Answer the same page where its own form was open too long: once more, with all that was written."""
    form = None if viewer() is not None else SignInForm()
    return _resume_page(unsent_forms.submitted_form(), form), 403


@bp.post("/accounts/sign-in/again")
@open_to(anyone)
@unsent_forms.without_session(resume_anew)
def sign_in_and_resume() -> ResponseReturnValue:
    """Sign in on the page that shows an unsent form; the form is shown again, and not sent yet.

    Where it has nothing to look at, its reader goes back to the page that it stands on.
    """
    form, submitted = SignInForm(), unsent_forms.submitted_form()
    if viewer() is None and not _sign_in(form):
        return _resume_page(submitted, form), 422
    if submitted is not None and submitted.is_shown:
        return unsent_forms.page(submitted)
    flash(_("Nothing was done yet. Press it again if you still want to."), "care")
    return redirect(go_on(), 303)


def signed_out_before() -> ResponseReturnValue:
    """Answer the button to sign out where the session has ended already; another one goes on."""
    if viewer() is not None:
        return unsent_forms.nothing_done(url_for("home.index")), 403
    return redirect(url_for("home.index"), 303)


@bp.post("/accounts/sign-out")
@open_to(anyone)
@unsent_forms.without_session(signed_out_before)
def sign_out() -> ResponseReturnValue:
    secret = device_secret()
    if secret:
        sessions.end_this(secret)
    end()
    response = make_response(redirect(url_for("home.index"), 303))
    # A script that removes the copies of this account itself asks to leave those of others, who could not be asked.
    leaves = request.form.get("leave_copies") == "1"
    response.headers["Clear-Site-Data"] = '"cache"' if leaves else '"cache", "storage"'
    return response


@bp.get("/accounts/join")
@open_to(anyone)
def join() -> ResponseReturnValue:
    return render_template("accounts/join.html", form=JoinForm(formdata=None), go_on=go_on())


@bp.post("/accounts/join")
@open_to(anyone)
def request_account() -> ResponseReturnValue:
    form = JoinForm()
    if form.validate():
        with errors_on(form):
            access_requests.ask(_newcomer(form), address=address())
            return redirect(url_for("accounts.account_requested"), 303)
    return render_template("accounts/join.html", form=form), 422


@bp.get("/accounts/join/sent")
@open_to(anyone)
def account_requested() -> ResponseReturnValue:
    return render_template("accounts/account_requested.html", held=hold.is_held())


@bp.get("/accounts/confirm/<token>")
@open_to(anyone)
def confirm(token: str) -> ResponseReturnValue:
    """Show a page with a button: mail scanners follow links, so a GET changes nothing."""
    return _confirm_page(token, mail_links.access_request_of(token), ConfirmForm(formdata=None))


def confirm_anew(token: str) -> ResponseReturnValue:
    """Answer the form of a page that was open too long."""
    try:
        asked = mail_links.access_request_of(token)
    except LinkExpired as error:
        return used(error)
    return _confirm_page(token, asked, ConfirmForm(), open_too_long=True), 403


@bp.post("/accounts/confirm/<token>")
@open_to(anyone)
@unsent_forms.without_session(confirm_anew)
def confirm_request(token: str) -> ResponseReturnValue:
    form = ConfirmForm()
    with transactions.looking_up():
        asked = mail_links.access_request_of(token)
    if form.validate():
        with errors_on(form):
            with transactions.looking_up():
                password_hash = access_requests.hash_password(token, form.password.data)
            member = access_requests.confirm(token, password_hash=password_hash)
            begin(*passwords.begin(member, device=devices.in_words(request.user_agent.string)))
            flash(_("Your address is confirmed, and the moderators have your request."), "ok")
            return redirect(url_for("home.index"), 303)
    transactions.only_look()
    return _confirm_page(token, asked, form), 422


def _resume_page(submitted: unsent_forms.SubmittedForm | None, form: SignInForm | None) -> str:
    if submitted is None:
        return unsent_forms.nothing_done(go_on(), form=form)
    return unsent_forms.page(submitted, form=form)


def _is_signed_in_as(email: str | None) -> bool:
    who = viewer()
    return who is not None and addresses.key(email or "") == addresses.key(who.email)


def _sign_in(form: SignInForm) -> bool:
    if form.validate():
        device = devices.in_words(request.user_agent.string)
        with errors_on(form):
            with transactions.looking_up():
                checked = passwords.check(
                    form.email.data,
                    form.password.data,
                    address=address(),
                    device=known_devices.known(form.email.data),
                )
            before = device_secret()
            secret, actor = passwords.sign_in(checked, device=device)
            if before:  # another account was signed in here
                sessions.end_this(before)
            begin(secret, actor, lasting=form.remember.data)
            return True
    return False


def _confirm_page(token: str, asked: AccessRequest, form: ConfirmForm, *, open_too_long: bool = False) -> str:
    return render_template(
        "accounts/confirm.html",
        form=form,
        asked=asked,
        organisation_words=organisation(asked),
        token=token,
        open_too_long=open_too_long,
        go_on=go_on(),
    )


def _newcomer(form: JoinForm) -> access_requests.Newcomer:
    return access_requests.Newcomer(
        name=form.name.data,
        email=form.email.data,
        function=form.function.data,
        level=Level(form.level.data),
        body=Body(form.body.data),
        city=form.city.data,
        message=form.message.data or "",
        locale=i18n.locale(),
    )
