"""Forms that came without a valid session: what was typed is shown again, to be sent once more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from forum.policy.errors import NotFound
from forum.web.forms.accounts import SignInForm
from forum.web.http import origins
from forum.web.http.access import anyone
from forum.web.http.current_user import viewer
from forum.web.http.links import own_path
from forum.web.http.submitted_fields import Field, field_of

PREFIX = "kept."
DROPPED = {"csrf_token"}


@dataclass(frozen=True)
class SubmittedForm:
    """Where a form was sent to, and what was in it."""

    target: str
    fields: list[Field]

    @property
    def is_shown(self) -> bool:
        """Return whether its page shows something that was typed or chosen, and not only a button."""
        return any(field.label or field.choice for field in self.fields)


def without_session(answer: Callable[..., Any]) -> Callable[[Any], Any]:
    """Mark a view whose form has an answer of its own once its token is no longer valid."""

    def mark(view: Any) -> Any:
        view.without_session = answer
        return view

    return mark


def offer_resubmit() -> Any:
    """Answer a form without a valid session: what was typed, a fresh token, and fields to sign in where needed.

    A button with nothing to look at is never sent again from there: its reader goes back to where it stands.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    own_answer = getattr(view, "without_session", None)
    if own_answer is not None:
        return own_answer(**(request.view_args or {}))
    submitted = SubmittedForm(request.full_path.rstrip("?"), _fields(request.form.items(multi=True)))
    needs_account = viewer() is None and not _is_open(request.endpoint)
    form = SignInForm(formdata=None, next=_page_before()) if needs_account else None
    if not submitted.is_shown:
        return nothing_done(_page_before(), form=form), 403
    return page(submitted, form=form), 403


def request_fields() -> list[Field]:
    """Return the fields of the form that is being refused, so that what was typed can be shown."""
    # A body over the limit was not read, and must not be read here.
    if request.method != "POST" or not origins.fits():
        return []
    if (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        return []
    try:
        return _fields(request.form.items(multi=True))
    except HTTPException:
        return []


def own_target() -> str | None:
    """Return where the form of this request went, to be sent there again; None for one that another site sent."""
    unread = (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]
    return None if unread or not origins.fits() else request.full_path.rstrip("?")


def submitted_form() -> SubmittedForm | None:
    """Return the form that is sent along from the page of `offer_resubmit`, None where a button had nothing to show.

    NotFound for a target that takes no forms.
    """
    if "target" not in request.form and "next" in request.form:
        return None
    target = own_path(request.form.get("target"))
    if target is None or not _takes(target, "POST"):
        raise NotFound
    sent = ((k.removeprefix(PREFIX), v) for k, v in request.form.items(multi=True) if k.startswith(PREFIX))
    return SubmittedForm(target, _fields(sent))


def page(submitted: SubmittedForm, *, form: SignInForm | None = None) -> str:
    """Return the page with the submitted form: a button that sends it, or first the fields to sign in."""
    action = url_for("accounts.sign_in_and_resume") if form is not None else submitted.target
    return render_template(
        "accounts/resume.html",
        submitted=submitted,
        form=form,
        action=action,
        prefix=PREFIX if form is not None else "",
    )


def nothing_done(back: str, *, form: SignInForm | None = None) -> str:
    """Return the page about a button without words that did nothing: how to sign in, or only the way back."""
    return render_template("accounts/nothing_done.html", back=back, form=form)


def _page_before() -> str:
    """Return the page of ours that this form was sent from, where it can be opened again; home for any other."""
    before = urlsplit(request.referrer or "")
    path = own_path(before.path + (f"?{before.query}" if before.query else ""))
    if path is None or before.netloc != request.host or not _takes(path, "GET"):
        return url_for("home.index")
    return path


def _fields(pairs: Any) -> list[Field]:
    return [field_of(name, value) for name, value in pairs if name not in DROPPED]


def _is_open(endpoint: str | None) -> bool:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "open_to", None) is anyone


def _takes(path: str, method: str) -> bool:
    try:
        current_app.url_map.bind("").match(path.partition("?")[0], method=method)
    except HTTPException:
        return False
    return True
