"""`/metrics`, for monitoring on this machine or with a token; to everybody else there is no such page."""

import hmac
import ipaddress

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from forum.domain import figures
from forum.infra import metrics
from forum.web.http.access import anyone, open_to

bp = Blueprint("metrics", __name__)
PROXIED = ("x-forwarded", "forwarded", "x-real-ip", "via")  # headers with which a proxy says for whom it asks


@bp.get("/metrics")
@open_to(anyone)
def show() -> ResponseReturnValue:
    """Return requests and figures in the text format of Prometheus."""
    if not (_has_token() or _is_local()):
        abort(404)
    headers = {"Content-Type": metrics.CONTENT_TYPE, "Cache-Control": "no-store"}
    return metrics.text(figures.figures()), 200, headers


def _has_token() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_local() -> bool:
    """Whether a process of this machine asks for itself: a proxy says for whom it does."""
    if any(name.lower().startswith(PROXIED) for name, _value in request.headers):
        return False
    # Of a request through a trusted proxy `remote_addr` is who the proxy says that it is for.
    trusted = request.environ.get("werkzeug.proxy_fix.orig", {})
    peer = trusted.get("REMOTE_ADDR") or request.remote_addr or ""
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
