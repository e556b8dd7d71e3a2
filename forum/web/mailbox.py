"""The demo's mailbox: mail that would have gone out, shown as a mail client shows it."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request

from forum.infra import mailer
from forum.web.guards import demo, open_to

bp = Blueprint("mailbox", __name__)
MOST = 100
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
# A letter brings its own styles and may do nothing else; its links open in the window around it.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)


@dataclass(frozen=True)
class Line:
    """One mail in the list."""

    name: str
    to: str
    subject: str
    date: Any


@bp.get("/mailbox")
@open_to(demo)
def index() -> Any:
    """What was sent, the newest first."""
    mails = mailer.read_mailbox(_folder())[:MOST]
    lines = [Line(name, str(m["To"]), str(m["Subject"]), m["Date"].datetime) for name, m in mails]
    return render_template("mailbox/index.html", lines=lines)


@bp.get("/mailbox/<name>")
@open_to(demo)
def show(name: str) -> Any:
    """One mail: its headers, and its HTML in a frame or its plain text."""
    mail = _mail(name)
    plain = request.args.get("part") == "text"
    headers = [(header, str(mail[header])) for header in SHOWN if mail[header]]
    return render_template(
        "mailbox/show.html",
        name=name,
        subject=str(mail["Subject"]),
        headers=headers,
        plain=plain,
        words=_part(mail, "plain") if plain else "",
    )


@bp.get("/mailbox/<name>/letter")
@open_to(demo)
def letter(name: str) -> Any:
    """The HTML of one mail, alone, under a policy of its own."""
    html = _part(_mail(name), "html").replace("<head>", '<head><base target="_top">', 1)
    return Response(
        html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": LETTER_POLICY}
    )


def _folder() -> Path:
    url = current_app.config["SMTP_URL"]
    if not url.startswith("mailbox:"):
        abort(404)
    return Path(url.removeprefix("mailbox:"))


def _mail(name: str) -> EmailMessage:
    try:
        return mailer.read_one(_folder(), name)
    except FileNotFoundError:
        abort(404)


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
