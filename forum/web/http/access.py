"""Guards: every endpoint declares who may open it; one that declares nothing is closed."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from forum.infra.i18n import _
from forum.policy.errors import Forbidden
from forum.web.http.current_user import viewer
from forum.web.http.transactions import begin_writing

Guard = Callable[[], AnyResponse | Response | None]
STATIC = "static"


def open_to(guard: Guard) -> Callable[[Any], Any]:
    """Mark a view with its guard: `anyone`, `signed_in`, `members`, `curators`, `moderators` or `demo`."""

    def mark(view: Any) -> Any:
        view.open_to = guard
        return view

    return mark


def anyone() -> AnyResponse | None:
    """Visitors too; what they may see is decided by the visibility rule."""
    return None


def signed_in() -> AnyResponse | None:
    """Everybody with an account, also one that a moderator still has to approve."""
    if viewer() is not None:
        return None
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    return current_app.extensions["resume"]()


def members() -> AnyResponse | None:
    """Approved members; Forbidden for others."""
    response = signed_in()
    if response is not None:
        return response
    who = viewer()
    if who is None or who.approved_at is None:
        raise Forbidden(_("A moderator still has to let you in."))
    return None


def moderators() -> AnyResponse | None:
    """Who moderates something, or has a network role; which space is for the verb to check. Forbidden for others."""
    response = members()
    if response is None and not is_moderator():
        raise Forbidden(_("This page is for moderators."))
    return response


def curators() -> AnyResponse | None:
    """Who may find something on the desk; for who is not let in yet it is not there, as for who finds nothing."""
    response = signed_in()
    who = viewer()
    if response is None and (who is None or who.approved_at is None):
        abort(404)
    return response


def is_moderator() -> bool:
    """Return whether the viewer may open what is for `moderators`."""
    who = viewer()
    return who is not None and (who.moderates or bool(who.network_roles))


def demo() -> AnyResponse | None:
    """Only where the demo network runs; anywhere else the page does not exist."""
    if not current_app.config["DEMO"]:
        abort(404)
    return None


def init_app(app: Flask) -> None:
    """Check the guard before every view."""
    app.before_request(check_guard)


def check_guard() -> AnyResponse | Response | None:
    """Run the guard of the view that is about to run; Forbidden where there is none."""
    if request.endpoint is None or request.endpoint == STATIC:
        return None
    guard: Guard | None = getattr(current_app.view_functions[request.endpoint], "open_to", None)
    if guard is None:
        raise Forbidden(_("This page is closed."))
    begin_writing()
    return guard()
