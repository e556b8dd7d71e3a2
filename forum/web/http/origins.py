"""Forms that another site makes a browser send are refused, before anything looks at what is in them.

A write needs the token of its session and an origin that fits. A browser tells it in `Sec-Fetch-Site`, which no script
can set, in `Origin` or in `Referer`. Who tells none of them (a program, a very old browser) needs the token alone: a
page of another site can hide its address, but cannot make a browser of today leave out the other two.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request, session

from forum.infra.i18n import _
from forum.web.http.current_user import csrf
from forum.web.http.transactions import READING

PORTS = {"http": 80, "https": 443}
OURSELVES = frozenset({"same-origin", "none"})  # none: the reader did it, by a key or a bookmark
Origin = tuple[str, str, int | None]


def init_app(app: Flask) -> None:
    """Check every request; to be called before anything that reads the form."""
    app.before_request(refuse_other_sites)


def by_link_alone(view: Any) -> Any:
    """Mark a view whose signed link is the permission: it asks for no token, and from wherever it is sent it counts."""
    view.by_link_alone = True
    return csrf.exempt(view)


def refuse_other_sites() -> tuple[str, int] | None:
    """Answer a write that another site sent by a plain refusal; the browser's own session stays as it was."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in READING or getattr(view, "by_link_alone", False) or fits():
        return None
    before = dict(session)
    page = render_template(
        "errors/403.html", reason=_("Another site sent this form. Nothing was done with it.")
    )
    session.clear()
    session.update(before)
    session.modified = False
    return page, 403


def fits() -> bool:
    """Return whether this request comes from a page of ours, as far as its browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        # Browsers that hide where somebody came from say "null" even to the site itself.
        return site in OURSELVES and (origin in {None, "null"} or _is_ours(origin))
    if origin is not None:
        return _is_ours(origin)
    return request.referrer is None or _is_ours(request.referrer)


def _is_ours(address: str | None) -> bool:
    found = _origin(address or "")
    return found is not None and found in {_origin(current_app.config["BASE_URL"]), _origin(request.host_url)}


def _origin(address: str) -> Origin | None:
    """Scheme, host and port of an address; None where it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname or "", port) if parts.hostname else None
