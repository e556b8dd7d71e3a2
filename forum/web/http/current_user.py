"""The current user: the signed-in member of this request, and the time zone in which they read."""

from collections.abc import Collection
from functools import cache
from zoneinfo import available_timezones

from flask import Flask, Response, current_app, g, has_request_context, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from forum.domain.mailing.unread_notices import Unread
from forum.domain.people import passwords, sessions
from forum.domain.people.sessions import DeviceSession
from forum.infra.i18n import _
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden
from forum.web.http import known_devices
from forum.web.http.prefetch import is_ahead
from forum.web.http.transactions import afterwards

login_manager = LoginManager()
login_manager.session_protection = None  # a phone changes networks all day; a device is ended by its row
csrf = CSRFProtect()
LOOKS = "looks"  # in the session


class SignedIn(UserMixin):
    """What Flask-Login holds: the secret of this device, and the member behind it."""

    def __init__(self, secret: str, actor: Actor, found: DeviceSession | None = None) -> None:
        self.secret = secret
        self.actor = actor
        self.has_unread = found is None or found.has_unread
        self.unread_kinds = found.unread_kinds if found else None
        self.unread = found.unread if found else None
        self.on_desk = found.on_desk if found else None

    def get_id(self) -> str:
        return self.secret


def init_app(app: Flask) -> None:
    """Set up sessions, and require a CSRF token for every write."""
    # Without `current_user` in templates, which would ask the database again on the page that says it is away.
    login_manager.init_app(app, add_context_processor=False)
    app.after_request(_remember_looks)
    csrf.init_app(app)


@login_manager.user_loader
def _load(secret: str) -> SignedIn | None:
    device_session = sessions.look_up(secret, counting=request.method == "GET")
    if device_session is None or passwords.is_shut_out(device_session.actor.email):
        return None
    if device_session.seen_long_ago:
        afterwards(lambda: sessions.touch(secret))
    return SignedIn(secret, device_session.actor, device_session)


def viewer() -> Actor | None:
    """Return the signed-in member, or None for a visitor. Loaded once a request."""
    if not has_request_context():
        return None
    if "viewer" not in g:
        g.viewer = current_user.actor if current_user.is_authenticated else None
    return g.viewer


def actor() -> Actor:
    """Return the signed-in member in a view whose guard lets no visitor in.

    Forbidden when this device was signed out since the guard looked.
    """
    who = viewer()
    if who is None:
        raise Forbidden(_("You were signed out meanwhile. Sign in, and send it again."))
    return who


def has_unread(kinds: Collection[str] = ()) -> bool:
    """Return whether the signed-in member may have unread notifications (of these kinds); asks nothing itself."""
    if viewer() is None or not current_user.has_unread:
        return False
    known = current_user.unread_kinds
    return not kinds or known is None or not known.isdisjoint(kinds)


def unread() -> Unread | None:
    """Return what the signed-in member has not read, where that was counted as they were looked up."""
    found: Unread | None = current_user.unread if viewer() is not None else None
    return found


def on_desk() -> int | None:
    """Return how much waits on the desk of the signed-in member, where that was counted lately or on this page."""
    if viewer() is None:
        return None
    found: int | None = g.get("on_desk", current_user.on_desk)
    return found


def device_secret() -> str | None:
    """Return the secret of the device of this request, to mark it in the list of devices."""
    return current_user.secret if viewer() is not None else None


def begin(secret: str, who: Actor, *, lasting: bool = True) -> None:
    """Sign this browser in with a fresh session; nothing of the visitor's session is taken along.

    Not `lasting`: the browser drops the session when it is closed.
    """
    session.clear()
    g.pop("csrf_token", None)  # it belongs to the visitor's session
    session.permanent = lasting
    login_user(SignedIn(secret, who))
    known_devices.remember(who.email)
    g.viewer = who


def end() -> None:
    """Sign this browser out."""
    logout_user()
    session.clear()
    g.viewer = None


def forget_viewer() -> None:
    """Make the rest of this request one of a visitor, without a look at the database; it keeps language and theme."""
    who = g.get("viewer")
    g.looks = _looks_of(who) if who is not None else session.get(LOOKS)
    g.viewer = None
    g._login_user = login_manager.anonymous_user()  # where Flask-Login keeps whom it loaded


def looks() -> tuple[str | None, str | None]:
    """Return language and theme of a member who was forgotten in this request; None for each otherwise."""
    locale, theme = g.get("looks") or (None, None)
    return locale, theme


def _looks_of(who: Actor) -> list[str | None]:
    return [who.locale, who.theme]


def _remember_looks(response: Response) -> Response:
    """Let the browser keep language and theme of its member, for pages that cannot ask the database."""
    who = g.get("viewer")
    is_seen = response.status_code < 400 and response.mimetype == "text/html" and not is_ahead()
    if who is not None and is_seen and session.get(LOOKS) != _looks_of(who):
        session[LOOKS] = _looks_of(who)
    return response


def choose_timezone() -> str:
    """Return the member's own time zone, else the forum's."""
    who = viewer()
    zone = who.timezone if who else ""
    return zone if zone in available_zones() else str(current_app.config["TIMEZONE"])


@cache
def available_zones() -> frozenset[str]:
    """Return every time zone that this machine knows, read from disk once."""
    return frozenset(name for name in available_timezones() if "/" in name)
