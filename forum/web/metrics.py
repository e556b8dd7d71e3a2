"""`/metrics`, for monitoring on this machine or with a token; to everybody else there is no such page."""

import hmac
import ipaddress
import re
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from forum.domain import figures
from forum.infra import metrics
from forum.web.http.access import anyone, open_to

bp = Blueprint("metrics", __name__)
# Names of headers with which a proxy says for whom it asks.
PROXIED = re.compile(r".*forwarded.*|(?:.*-)?ip|via", re.IGNORECASE)


@bp.before_app_request
def hide() -> None:
    """Answer as for a page that is not there, whatever the method."""
    if request.path == "/metrics" and not (_has_token() or _is_local()):
        abort(404)


@bp.get("/metrics")
@open_to(anyone)
def show() -> ResponseReturnValue:
    """Return requests and figures in the text format of Prometheus."""
    headers = {"Content-Type": metrics.CONTENT_TYPE, "Cache-Control": "no-store"}
    return metrics.text(figures.figures()), 200, headers


def _has_token() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_local() -> bool:
    """Whether a process of this machine asks for itself, by a name of this machine: a proxy says for whom it does."""
    if any(PROXIED.fullmatch(name) for name, _value in request.headers):
        return False
    if not _is_loopback(_host_asked_for()):
        return False
    # Of a request through a trusted proxy `remote_addr` is who the proxy says that it is for.
    trusted = request.environ.get("werkzeug.proxy_fix.orig", {})
    return _is_loopback(trusted.get("REMOTE_ADDR") or request.remote_addr or "")


def _host_asked_for() -> str:
    host = request.headers.get("Host", "")
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
