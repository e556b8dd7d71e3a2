"""Who is looking: the signed-in member of this request, and in which language and time zone she reads."""

from functools import cache
from zoneinfo import available_timezones

from flask import Flask, current_app, g, has_request_context, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from forum.domain.people import passwords, sessions
from forum.infra import i18n
from forum.policy.actors import Actor
from forum.web.http.transactions import afterwards

login_manager = LoginManager()
login_manager.session_protection = (
    None  # a phone changes networks all day; ending a device is done by its row
)
csrf = CSRFProtect()


class SignedIn(UserMixin):
    """What Flask-Login keeps: the secret of this device, and the member behind it."""

    def __init__(self, secret: str, actor: Actor) -> None:
        self.secret = secret
        self.actor = actor

    def get_id(self) -> str:
        return self.secret


def init_app(app: Flask) -> None:
    """Sessions, and a token on every write."""
    login_manager.init_app(app)
    csrf.init_app(app)


@login_manager.user_loader
def _load(secret: str) -> SignedIn | None:
    found = sessions.look_up(secret)
    if found is None or passwords.is_shut_out(found.actor.email):
        return None
    if found.seen_long_ago:
        afterwards(lambda: sessions.touch(secret))
    return SignedIn(secret, found.actor)


def viewer() -> Actor | None:
    """The signed-in member, or None for a visitor. Loaded once a request."""
    if not has_request_context():
        return None
    if "viewer" not in g:
        g.viewer = current_user.actor if current_user.is_authenticated else None
    return g.viewer


def device_secret() -> str | None:
    """The secret of the device of this request, to mark it in the list of devices."""
    return current_user.secret if viewer() is not None else None


def begin(secret: str, actor: Actor, *, lasting: bool = True) -> None:
    """Sign this browser in with a fresh session: nothing of the visitor's session survives but her language.

    Not `lasting`: the browser forgets it when it is closed.
    """
    language = session.get("locale")
    session.clear()
    g.pop("csrf_token", None)  # it belonged to the visitor's session
    session.permanent = lasting
    if language:
        session["locale"] = language
    login_user(SignedIn(secret, actor))
    g.viewer = actor


def end() -> None:
    """Sign this browser out."""
    logout_user()
    session.clear()
    g.viewer = None


def choose_locale() -> str:
    """The member's own choice, else this browser's, else the forum's."""
    who = viewer()
    chosen = who.locale if who else session.get("locale") if has_request_context() else None
    if chosen in i18n.LOCALES:
        return str(chosen)
    offered = request.headers.get("Accept-Language", "") if has_request_context() else ""
    return i18n.negotiate(offered) or str(current_app.config["DEFAULT_LOCALE"])


def choose_timezone() -> str:
    """The member's own time zone, else the forum's."""
    who = viewer()
    zone = who.timezone if who else ""
    return zone if zone in available_zones() else str(current_app.config["TIMEZONE"])


@cache
def available_zones() -> frozenset[str]:
    """Every time zone this machine knows, read from disk once."""
    return frozenset(name for name in available_timezones() if "/" in name)
