"""The demo's mailbox: mail that would have been sent, shown as a mail client shows it."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from forum.infra import mailer
from forum.web.http.access import demo, open_to

bp = Blueprint("mailbox", __name__)
SHOWN = (
    "From",
    "To",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
)
# A letter has its own inline styles and may do nothing else; its links open in the window around it.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)


@bp.get("/mailbox")
@open_to(demo)
def index() -> ResponseReturnValue:
    """List what was sent, the newest first."""
    return render_template("mailbox/index.html", letters=mailer.read_mailbox(_folder()))


@bp.get("/mailbox/<name>")
@open_to(demo)
def show(name: str) -> ResponseReturnValue:
    """Show one mail: its headers, and its HTML in a frame or its plain text."""
    mail = _mail(name)
    headers = [(header, value) for header, value in mail.headers if header in SHOWN]
    plain = request.args.get("part") == "text" or mail.html is None
    return render_template("mailbox/show.html", mail=mail, headers=headers, plain=plain)


@bp.get("/mailbox/<name>/letter")
@open_to(demo)
def letter(name: str) -> ResponseReturnValue:
    """Show the HTML of one mail by itself, under its own content security policy."""
    html = for_a_frame(_mail(name).html or "")
    return Response(
        html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": LETTER_POLICY}
    )


def for_a_frame(html: str) -> str:
    """Return a letter whose links open in the window around it."""
    return html.replace("<head>", '<head><base target="_top">', 1)


def _folder() -> Path:
    url = current_app.config["SMTP_URL"]
    if not url.startswith("mailbox:"):
        abort(404)
    return Path(url.removeprefix("mailbox:"))


def _mail(name: str) -> mailer.StoredMail:
    mail = mailer.read_one(_folder(), name)
    return mail if mail is not None else abort(404)
