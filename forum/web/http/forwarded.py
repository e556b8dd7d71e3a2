"""Warns when a proxy seems to stand in front and none is trusted: everybody would be counted as one address."""

import logging
import time

from flask import Flask, request

log = logging.getLogger(__name__)
HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
QUIET = 600  # seconds between two warnings of one process


def init_app(app: Flask) -> None:
    """Look at the headers of each request, in production and where TRUSTED_PROXIES is 0."""
    if app.config["ENV_NAME"] != "production" or app.config["TRUSTED_PROXIES"]:
        return
    warned_at: list[float] = []

    @app.before_request
    def warn() -> None:
        now = time.monotonic()
        if warned_at and now - warned_at[-1] < QUIET:
            return
        if any(name in request.headers for name in HEADERS):
            warned_at[:] = [now]
            # Never what is in them: an address of a person, or whatever somebody sent.
            log.warning(
                "forwarded headers arrive and TRUSTED_PROXIES is 0: if a proxy stands in front, say how many do; "
                "until then limits count everybody behind it as one address"
            )
