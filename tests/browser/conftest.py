"""A town with people in it: the demo network, served for real, and a Chromium that looks at it."""

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from forum import create_app
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.accounts import Member
from tests import factories, servers
from tests.browser.settled import whole_pages
from tests.conftest import copied_database

PASSWORD = "leerkring-demo"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass
class Town:
    """The served demo: its address, its application, how far its clock runs ahead, and a worker for what is due."""

    url: str
    app: Flask
    ahead: timedelta = timedelta()

    def work(self) -> None:
        """React to events and send mail, as the worker beside the server would."""
        with self.app.app_context(), clock.at(clock.now() + self.ahead):
            worker.run_until_idle()
            db.session.remove()

    def wait(self, time: timedelta) -> None:
        """Let time pass, and the worker do what has become due."""
        self.ahead += time
        with self.app.app_context(), clock.at(clock.now() + self.ahead):
            worker.do_what_is_due()
            db.session.remove()

    def serve(self, environ: Any, start: Any) -> list[bytes]:
        """Answer one request at the moment of this town's clock."""
        if not self.ahead:
            return self.app(environ, start)
        with clock.at(clock.now() + self.ahead):
            return list(self.app(environ, start))


@contextmanager
def served_town(database: str, folder: Path, smtp_url: str) -> Iterator[Town]:
    """The demo network on the `database` at this address, behind a real HTTP server; its files are in `folder`."""
    server = make_server("127.0.0.1", 0, lambda environ, start: b"", threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    app = create_app(
        {
            "ENV_NAME": "development",
            "SECRET_KEY": uuid.uuid4().hex * 2,
            "SQLALCHEMY_DATABASE_URI": database,
            "INSTANCE": folder,
            "SMTP_URL": smtp_url,
            "BASE_URL": url,
            "DEMO": True,
            "RATES_ENABLED": False,
        }
    )
    made = Town(url, app)
    server.app = made.serve
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join(timeout=10)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, demo_network: Callable[..., str]) -> Iterator[Town]:
    """One town for all tests that only look, or leave nothing that another one would meet."""
    folder: Path = tmp_path_factory.mktemp("town")
    with served_town(copied_database(demo_network(), folder), folder, f"mailbox:{folder / 'mail'}") as made:
        yield made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all; each test gets a fresh context from it."""
    os.environ.setdefault("PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS", "1")
    with servers.browser() as browser, whole_pages():
        yield browser


Opener = Callable[..., Page]


@pytest.fixture
def open_page(town: Town, chromium: Browser) -> Iterator[Opener]:
    """`open_page("yasmina", phone=True)` gives an empty page of a fresh browser, signed in when a name is given.

    With a password they sign in through the page; else the browser has the cookie that they would get there.
    """
    contexts: list[BrowserContext] = []

    def opener(who: str | None = None, *, phone: bool = False, dark: bool = False, **options: object) -> Page:
        password = options.pop("password", None)
        context = chromium.new_context(
            base_url=town.url,
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            locale=str(options.pop("locale", "nl-BE")),
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if who and password:
            sign_in(page, who, str(password))
        elif who:
            context.add_cookies([cookie_of(town, who)])
        return page

    yield opener
    for context in contexts:
        for page in context.pages:
            # A request that a test left unanswered can hang the browser.
            page.unroute_all(behavior="ignoreErrors")
        context.close()


def cookie_of(town: Town, who: str) -> dict[str, str]:
    """The cookie of somebody who signed in on a device of their own."""
    email, client = f"{who}@demo.leerkring.example", town.app.test_client()
    with town.app.app_context(), clock.at(clock.now() + town.ahead):
        factories.sign_in(client, db.session.scalars(db.select(Member).where(Member.email == email)).one())
        db.session.remove()
    cookie = client.get_cookie(town.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return {"name": cookie.key, "value": cookie.value, "url": town.url}


def sign_in(page: Page, who: str, password: str = PASSWORD) -> None:
    """Sign in through the page, as a person does."""
    page.goto("/accounts/sign-in")
    fill_in(page, who, password)


def fill_in(page: Page, who: str, password: str = PASSWORD) -> None:
    """Say who is there, on the page that asks for it."""
    page.fill("main input[name=email]", f"{who}@demo.leerkring.example")
    page.fill("main input[name=password]", password)
    page.press("main input[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
