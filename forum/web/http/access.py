"""Doors. Every endpoint says who may enter; one that says nothing is closed."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from forum.infra.i18n import _
from forum.policy.errors import Forbidden
from forum.web.http.current_user import viewer

Door = Callable[[], AnyResponse | Response | None]
STATIC = "static"


def open_to(door: Door) -> Callable[[Any], Any]:
    """Mark a view with who may enter: `anyone`, `signed_in`, `members`, `moderators` or `demo`."""

    def mark(view: Any) -> Any:
        view.open_to = door
        return view

    return mark


def anyone() -> AnyResponse | None:
    """Visitors too; what they get to see is for the visibility rule."""
    return None


def signed_in() -> AnyResponse | None:
    """Anybody with an account, also one that a moderator still has to let in."""
    if viewer() is not None:
        return None
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    return current_app.extensions["resume"]()


def members() -> AnyResponse | None:
    """Approved members."""
    answer = signed_in()
    if answer is not None:
        return answer
    who = viewer()
    if who is None or who.approved_at is None:
        raise Forbidden(_("A moderator still has to let you in."))
    return None


def moderators() -> AnyResponse | None:
    """Whoever moderates something, or edits for the network; which space is for the verb to check."""
    answer = members()
    who = viewer()
    if answer is None and not (who and (who.moderates or who.network_roles)):
        raise Forbidden(_("This page is for moderators."))
    return answer


def demo() -> AnyResponse | None:
    """Only where the demo network runs; anywhere else the page does not exist."""
    if not current_app.config["DEMO"]:
        abort(404)
    return None


def init_app(app: Flask) -> None:
    """Check the door before every view."""
    app.before_request(check_door)


def check_door() -> AnyResponse | Response | None:
    """Ask the door of the view that is about to run."""
    if request.endpoint is None or request.endpoint == STATIC:
        return None
    door: Door | None = getattr(current_app.view_functions[request.endpoint], "open_to", None)
    if door is None:
        raise Forbidden(_("This page is closed."))
    return door()
