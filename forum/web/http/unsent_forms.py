"""When a session got lost on the way, nothing that somebody wrote may: her words come back, to be sent again."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template, request, session, url_for
from werkzeug.exceptions import HTTPException

from forum.infra.i18n import _, lazy
from forum.policy.errors import NotFound
from forum.web.forms.accounts import SignInForm
from forum.web.http.access import anyone
from forum.web.http.current_user import viewer
from forum.web.http.links import own_path

PREFIX = "kept."
# Never sent back to the page: they are typed again.
SECRETS = {"password": lazy("Password"), "current": lazy("Present password")}
DROPPED = {"csrf_token"}
WORDS = {
    "title": lazy("Title"),
    "body": lazy("Your text"),
    "message": lazy("Your message"),
    "note": lazy("Your note"),
    "reason": lazy("Your reason"),
    "text": lazy("Your text"),
    "words": lazy("The words you chose"),
}
SHORT = 60


@dataclass(frozen=True)
class Field:
    """One value that was sent; `label` where it holds words that somebody typed."""

    name: str
    value: str
    label: Any = None
    is_secret: bool = False


@dataclass(frozen=True)
class SubmittedForm:
    """Where a form was going, and what was in it."""

    target: str
    fields: list[Field]


def offer_resubmit() -> Any:
    """Answer a form that came without a valid session: its words, a fresh token, and a way to sign in if need be."""
    if _from_elsewhere():
        return _nothing_done()
    kept = SubmittedForm(request.full_path.rstrip("?"), _fields(request.form.items(multi=True)))
    needs_account = viewer() is None and not _is_open(request.endpoint)
    return page(kept, form=SignInForm(formdata=None) if needs_account else None), 403


def request_fields() -> list[Field]:
    """What stood in the form that is being refused, so that its words can be shown to whoever wrote them."""
    # A body over the limit was never read, and must not be now.
    if request.method != "POST" or (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        return []
    try:
        return _fields(request.form.items(multi=True))
    except HTTPException:
        return []


def _from_elsewhere() -> bool:
    """Whether another site made this browser send the form: then nobody here wrote what is in it."""
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        return True
    origin = request.headers.get("Origin")
    ours = {request.host, urlsplit(current_app.config["BASE_URL"]).netloc}
    return origin is not None and urlsplit(origin).netloc not in ours


def _nothing_done() -> tuple[str, int]:
    """A plain refusal that leaves the browser's own session as it is: the other site's form came without it."""
    page = render_template(
        "errors/403.html", reason=_("Another site sent this form. Nothing was done with it.")
    )
    session.modified = False
    return page, 403


def submitted_form() -> SubmittedForm:
    """What the page of `ask_again` sends along while somebody signs in."""
    target = own_path(request.form.get("target"))
    if target is None or not _takes_forms(target):
        raise NotFound
    sent = ((k.removeprefix(PREFIX), v) for k, v in request.form.items(multi=True) if k.startswith(PREFIX))
    return SubmittedForm(target, _fields(sent))


def page(kept: SubmittedForm, *, form: SignInForm | None = None) -> str:
    """The page with the kept words: a button that posts them, or first the fields to sign in."""
    action = url_for("accounts.sign_in_and_resume") if form is not None else kept.target
    return render_template(
        "accounts/resume.html", kept=kept, form=form, action=action, prefix=PREFIX if form is not None else ""
    )


def _fields(pairs: Any) -> list[Field]:
    return [_field(name, value) for name, value in pairs if name not in DROPPED]


def _field(name: str, value: str) -> Field:
    if name in SECRETS:
        return Field(name, "", SECRETS[name], is_secret=True)
    is_prose = "\n" in value or len(value) > SHORT
    label = WORDS.get(name) if value.strip() else None
    return Field(name, value, label or (lazy("What you wrote") if is_prose else None))


def _is_open(endpoint: str | None) -> bool:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "open_to", None) is anyone


def _takes_forms(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except HTTPException:
        return False
    return True
