"""What the forum promises and explains: help, to whom it is open, and what it keeps."""

from typing import Any, NamedTuple

from flask import Blueprint, current_app, render_template

from forum.domain.themes.labels import AXES, NEEDS
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer

bp = Blueprint("statements", __name__)


class Contact(NamedTuple):
    """Whom to write to: the text of the setting, and where a link on it leads; no link, no address in it."""

    text: str
    link: str | None


@bp.get("/help")
@open_to(anyone)
def help_page() -> str:
    return render_template("statements/help.html", **_whom_to_ask(), themes=list(AXES), needs=list(NEEDS))


@bp.get("/accessibility")
@open_to(anyone)
def accessibility() -> str:
    return render_template("statements/accessibility.html", **_whom_to_ask())


@bp.get("/privacy")
@open_to(anyone)
def privacy() -> str:
    return render_template("statements/privacy.html", **_whom_to_ask())


def _whom_to_ask() -> dict[str, Any]:
    who = viewer()
    return {"contact": _contact(), "in_space": bool(who and who.roles)}


def _contact() -> Contact | None:
    text = current_app.config["CONTACT"].strip()
    if not text:
        return None
    if text.startswith(("https://", "http://")):
        return Contact(text, text)
    is_address = "@" in text and not any(character in text for character in " <>?&:,;")
    return Contact(text, f"mailto:{text}" if is_address else None)
