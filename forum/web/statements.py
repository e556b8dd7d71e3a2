"""What the forum promises: to whom it is open, and what it keeps."""

from flask import Blueprint, render_template

from forum.web.http.access import anyone, open_to

bp = Blueprint("statements", __name__)


@bp.get("/accessibility")
@open_to(anyone)
def accessibility() -> str:
    return render_template("statements/accessibility.html")


@bp.get("/privacy")
@open_to(anyone)
def privacy() -> str:
    return render_template("statements/privacy.html")
