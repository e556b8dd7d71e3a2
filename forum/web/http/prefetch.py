"""Requests that nobody is looking at yet: HEAD, and pages that a browser fetches or draws ahead, in case of a click."""

from typing import Any

from flask import g, get_flashed_messages, request

# What browsers send, now and formerly; a value may carry parameters: `prefetch;prerender`.
HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
AHEAD = frozenset({"prefetch", "prerender", "preview"})


def is_ahead() -> bool:
    """Return whether this request only looks ahead; nothing may be noted after it, and no message is used up by it."""
    return request.method == "HEAD" or any(_is_ahead(request.headers.get(name, "")) for name in HEADERS)


def flashed_messages() -> list[Any]:
    """Return the messages for the next page that somebody sees, with their categories."""
    found = [] if is_ahead() or _is_seen_already() else get_flashed_messages(with_categories=True)
    if found:
        g.is_personal = True  # for `caching.py`
    return found


def _is_seen_already() -> bool:
    """Whether `ahead.js` asks: its page was fetched ahead and is now shown, and this answer is thrown away."""
    return request.headers.get("X-Purpose") == "seen"


def _is_ahead(value: str) -> bool:
    return not AHEAD.isdisjoint(part.strip() for part in value.lower().replace(",", ";").split(";"))
