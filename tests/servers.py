"""The real things beside the forum that tests talk to: PostgreSQL, an SMTP server, Chromium.

Nothing here is a stand-in. Each one is private to the run that started it and ends with that run, also when
the run is interrupted or killed; several runs on one machine do not meet. PostgreSQL and SMTP have files of their own.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.postgres import create_database, drop_database, postgres_server
from tests.smtp_server import Received, SmtpServer, smtp_server

__all__ = [
    "Received",
    "SmtpServer",
    "browser",
    "create_database",
    "drop_database",
    "postgres_server",
    "smtp_server",
]

# The one that can only run without a window first: it takes a third less of the processor.
CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
SEALED = (
    # A page under test may name any host: the browser reaches this machine and nothing else.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
)
# A page of a test lives for a second: what optimizing its scripts costs never comes back.
SHORT_LIVED = ("--js-flags=--no-opt --no-maglev",)


@contextmanager
def browser() -> Iterator[Browser]:
    """The machine's Chromium without a window, reaching this machine only. CHROMIUM names another one."""
    named = os.environ.get("CHROMIUM")
    found = next((path for name in (named, *CHROMIUM) if name and (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError(
            f"No Chromium found ({', '.join(CHROMIUM)}): run `make test`, which says how to get one."
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=[*SEALED, *SHORT_LIVED])
        try:
            yield launched
        finally:
            launched.close()
