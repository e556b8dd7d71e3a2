"""A house of one room: floor 0 is tried without the forum that stands on it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from forum.infra import compression, headers, i18n, logs, rates, static_files
from tests.rules.source import ROOT

SECRET = "of-this-suite-" + "x" * 32


def make_house(**settings: object) -> Flask:
    """A tiny application with the hooks of floor 0."""
    app = Flask("house", static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        TESTING=True,
        SECRET_KEY=SECRET,
        SECRET_KEY_FALLBACKS=[],
        REDIS_URL="",
        RATES_ENABLED=True,
        HSTS=False,
        TRANSLATIONS=str(ROOT / "translations"),
        DEFAULT_LOCALE="nl",
        ENV_NAME="testing",
    )
    app.config.update(settings)
    logs.init_app(app)
    headers.init_app(app)
    compression.init_app(app)
    static_files.init_app(app, ROOT / "static")
    rates.init_app(app)
    i18n.init_app(app, lambda: "nl", lambda: "Europe/Brussels")
    return app


@pytest.fixture
def house() -> Flask:
    """The tiny application."""
    return make_house()


@pytest.fixture
def inside(house: Flask) -> Iterator[Flask]:
    """The same, with its context open."""
    with house.app_context():
        yield house
