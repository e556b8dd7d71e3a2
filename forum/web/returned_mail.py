"""Mail to somebody's address comes back: they say that it works again, and show it by the link in a letter there."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.mailing import returned
from forum.web.http.access import anyone, open_to, signed_in
from forum.web.http.current_user import actor
from forum.web.http.links import own_path

bp = Blueprint("returned_mail", __name__)


@bp.post("/settings/address/trial")
@open_to(signed_in)
def ask() -> ResponseReturnValue:
    """Send a letter there; the banner on every page says what to do with it."""
    returned.ask_for_trial(actor())
    return redirect(own_path(request.form.get("next")) or url_for("home.index"), 303)


@bp.get("/address/<token>")
@open_to(anyone)
def show(token: str) -> ResponseReturnValue:
    """Show a page with a button: programs that look at mail follow links, and read nothing."""
    address, stopped = returned.address_behind(token)
    return render_template("returned/show.html", token=token, address=address, stopped=stopped)


@bp.post("/address/<token>")
@open_to(anyone)
def lift(token: str) -> ResponseReturnValue:
    """Send mail there again."""
    returned.prove(token)
    return redirect(url_for("returned_mail.show", token=token), 303)
