"""The suite's ground: one application, a real database built by the migrations, and a transaction thrown away per test.

`TEST_DATABASE=postgresql` runs the same tests on a real PostgreSQL server that the suite starts by itself.
"""

import atexit
import gc
import json
import os
import random
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine import make_url

from forum import create_app, demo
from forum.domain.indexing import rebuilding, word_table
from forum.domain.themes import label_rows
from forum.infra import clock, logs, passwords
from forum.infra.db import db
from forum.infra.search_keys import word_list
from forum.infra.urls import App
from forum.models.accounts import Member
from forum.models.spaces import Role, Space
from tests import ahead, checkout, once_compiled, repeated, servers, shared
from tests.factories import make_member, make_space
from tests.rules import leak_scenario
from tests.rules.leak_scenario import World

CHEAP = {"time_cost": 1, "memory_cost": 8}
FOUND = pytest.StashKey[checkout.Listing]()
TEMPLATES = "TEST_COMPILED_TEMPLATES"
POSTGRES = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"


def pytest_configure(config: pytest.Config) -> None:
    """Once, before workers start: what `make` makes is there, PostgreSQL runs."""
    ahead.run()
    passwords.configure(**CHEAP)
    once_compiled.share()
    if not hasattr(config, "workerinput"):
        _begin(config)
    else:
        # A worker has reported by then: it leaves without taking thousands of objects apart, which takes it seconds.
        atexit.register(_leave)
    # Every application of this run finds the templates compiled: to compile them all takes it seconds.
    kept = FileSystemBytecodeCache(os.environ[TEMPLATES])
    App.jinja_options = {**App.jinja_options, "bytecode_cache": kept}


def _leave() -> None:
    """End this process. What imported modules registered to be done at its end is left out, the log's flush with it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _begin(config: pytest.Config) -> None:
    if stale := checkout.uncompiled():
        raise pytest.UsageError(f"Not compiled since it was changed: {', '.join(stale)}. Run `make setup`.")
    config.stash[FOUND] = checkout.listing()
    if POSTGRES:
        os.environ["TEST_POSTGRES_URL"] = servers.postgres_server()
    if TEMPLATES not in os.environ:  # scripts/suite.py has one for all its phases
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        os.environ[TEMPLATES] = folder.name
        config.add_cleanup(folder.cleanup)


@pytest.hookimpl(tryfirst=True)  # before the marks decide what is run
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the proof on PostgreSQL what sends it nothing that others do not send."""
    if not POSTGRES or any(
        isinstance(plugin, repeated.Recorder) for plugin in config.pluginmanager.get_plugins()
    ):
        return
    left = repeated.names()
    for item in items:
        if repeated.name_of(item) in left:
            item.add_marker(pytest.mark.proof)


def pytest_collection_finish() -> None:
    """Do not look for garbage in what was imported and collected, nor all the time: an eighth of it went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(trylast=True)  # the workers are done by then
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that left something in the checkout."""
    if FOUND not in session.config.stash:
        return
    left = checkout.differences(session.config.stash[FOUND], checkout.listing())
    if left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        told = "\n".join(f"  {each}" for each in left)
        sys.stderr.write(
            f"\nThe tests changed the checkout; what they need is made by `make setup`:\n{told}\n"
        )


def settings_for(url: str, folder: Path) -> dict[str, Any]:
    """Configuration values for an application on the database at `url`, with its files in `folder`."""
    return {"ENV_NAME": "testing", "SQLALCHEMY_DATABASE_URI": url, "INSTANCE": folder}


def new_database(folder: Path) -> str:
    """The address of an empty database of this run's kind."""
    if POSTGRES:
        return servers.create_database(os.environ["TEST_POSTGRES_URL"], f"t{uuid.uuid4().hex[:16]}")
    return f"sqlite:///{folder / 'forum.db'}"


def copied_database(url: str, folder: Path) -> str:
    """The address of a copy of the database at `url`, which nobody may be using."""
    name = make_url(url).database or ""
    if POSTGRES:
        server = os.environ["TEST_POSTGRES_URL"]
        return servers.create_database(server, f"t{uuid.uuid4().hex[:16]}", template=name)
    shutil.copyfile(name, folder / "forum.db")
    return f"sqlite:///{folder / 'forum.db'}"


@pytest.fixture(scope="session", autouse=True)
def list_of_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The list of words is read once for all that ask for it: it takes seconds, and says the same each time."""
    read = word_list.irregular

    def written(folder: Path) -> str:
        file = folder / "forms.json"
        file.write_text(json.dumps(read()))
        return str(file)

    def again() -> dict[str, str]:
        return json.loads(Path(shared.made_once(tmp_path_factory, "forms", written)).read_text())

    word_list.irregular = cache(again)


@pytest.fixture(scope="session")
def with_forms(tmp_path_factory: pytest.TempPathFactory, migrated: str) -> str:
    """The address of a database that nobody uses, as `migrated`, with the forms of Dutch words that follow no rule."""
    return shared.made_once(
        tmp_path_factory, "with-forms", lambda folder: _with_forms(copied_database(migrated, folder), folder)
    )


def _with_forms(url: str, folder: Path) -> str:
    with create_app(settings_for(url, folder)).app_context():
        word_table.fill()
        _nothing_to_index()
    return url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database that the migrations built and nobody uses: migrating for every test takes long."""
    return shared.made_once(tmp_path_factory, "migrated", _migrated)


def _migrated(folder: Path) -> str:
    url = new_database(folder)
    with create_app(settings_for(url, folder)).app_context():
        upgrade()
        _nothing_to_index()  # reading the list of words takes seconds in each process
    return url


def _nothing_to_index() -> None:
    """Note that the index is made, of no texts, and leave the database."""
    for name in (word_table.NAME, *rebuilding.NAMES):
        rebuilding.note(name, 0, is_over=True)
    db.session.commit()
    db.session.remove()
    db.engine.dispose()


@pytest.fixture(scope="session")
def demo_network(tmp_path_factory: pytest.TempPathFactory, migrated: str) -> Callable[[datetime | None], str]:
    """Called with a moment, or None for now: the address of a database with the demo of then, which nobody uses."""

    def loaded(moment: datetime | None = None) -> str:
        name = "demo" if moment is None else f"demo-{moment:%Y%m%dT%H%M}"
        return shared.made_once(
            tmp_path_factory,
            name,
            lambda folder: _with_demo(copied_database(migrated, folder), folder, moment),
        )

    return loaded


def _with_demo(url: str, folder: Path, moment: datetime | None) -> str:
    with create_app({**settings_for(url, folder), "DEMO": True}).app_context():
        with clock.at(moment) if moment else nullcontext():
            demo.load(with_password=True)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, migrated: str) -> Flask:
    """The application on a database that the migrations built."""
    return sharing(migrated, tmp_path_factory.mktemp("forum"))


@pytest.fixture(scope="session")
def app_with_forms(tmp_path_factory: pytest.TempPathFactory, with_forms: str) -> Flask:
    """An application of its own for the tests of words that follow no rule."""
    return sharing(with_forms, tmp_path_factory.mktemp("with-forms"))


@pytest.fixture(scope="session")
def salted_app(tmp_path_factory: pytest.TempPathFactory, migrated: str) -> Flask:
    """An application of its own for the tests that look for leaks; `salted` fills it once."""
    return sharing(migrated, tmp_path_factory.mktemp("salted"))


@pytest.fixture(scope="session")
def salted(salted_app: Flask) -> Callable[[], World]:
    """The salted network, made three days ago so that its digests are due; called in a test, it gives its rows."""
    with salted_app.app_context(), clock.at(clock.now() - timedelta(days=3)):
        found = leak_scenario.remember(leak_scenario.build())
        # Its index in one piece, as merges leave it on SQLite: each word of a search is looked for in every piece.
        rebuilding.mend_tables()
        db.session.commit()
        db.session.remove()
    return found


def sharing(migrated: str, folder: Path) -> Flask:
    """A test holds one application context open, so that its requests share a transaction.

    What a request keeps for itself (who is looking, her language, her token) must not outlive it.
    """
    made = create_app(settings_for(copied_database(migrated, folder), folder))
    made.before_request_funcs.setdefault(None, []).insert(0, forget_the_request_before)
    return made


def forget_the_request_before() -> None:
    """Empty `g`, as a new application context would, and send what the test itself set while it may write."""
    for name in list(g):
        g.pop(name)
    db.session.flush()


@pytest.fixture(autouse=True)
def cheap_passwords() -> None:
    """Begin every test with passwords that are hashed in no time, whatever the test before it asked for."""
    passwords.configure(**CHEAP)


@pytest.fixture
def shared_app(request: pytest.FixtureRequest) -> Iterator[Flask | None]:
    """The application that the next tests use too, or None for a test with one of its own.

    A test that leaves a setting of it changed fails itself, and not those after it.
    """
    if any(request.node.get_closest_marker(name) for name in ("live", "browser", "any_database")):
        yield None
        return
    app = request.getfixturevalue("app")
    with settings_kept(app.config):
        yield app


@contextmanager
def settings_kept(settings: dict[str, Any]) -> Iterator[None]:
    """Put settings back as they were, and fail where one was changed, added or taken away meanwhile."""
    before, none = dict(settings), object()
    yield
    changed = sorted(
        name for name in {*before, *settings} if settings.get(name, none) != before.get(name, none)
    )
    settings.clear()
    settings.update(before)
    assert not changed, f"left changed for the next tests: {', '.join(changed)}"


@pytest.fixture(autouse=True)
def session(shared_app: Flask | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run a test inside one outer transaction, commits of its requests included, and throw it away.

    What `monkeypatch` changed is back before `shared_app` looks: it was asked for after that.
    """
    if shared_app is None:
        yield None
        return
    app = shared_app
    with app.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        monkeypatch.setitem(db.engines, None, connection)
        label_rows.keep()  # now, so that no page whose queries are counted is the one that reads them
        yield db.session
        label_rows.forget()
        db.session.remove()
        outer.rollback()


@pytest.fixture
def live_from(migrated: str) -> str:
    """What the database of `live_app` is a copy of."""
    return migrated


@pytest.fixture
def live_app(tmp_path: Path, live_from: str) -> Iterator[Flask]:
    """An application on a database of its own, with real commits: for tests with threads, processes or a browser."""
    made = create_app(settings_for(copied_database(live_from, tmp_path), tmp_path))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
    if POSTGRES:
        servers.drop_database(made.config["SQLALCHEMY_DATABASE_URI"])
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """The chances of one test: the same again for the same PROOF_SEED, which `make proof` prints."""
    return random.Random(f"{os.environ.get('PROOF_SEED', '0')} {request.node.nodeid}")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without pictures: a visitor until `sign_in`."""
    return app.test_client()


@pytest.fixture
def count_queries() -> Any:
    """`with count_queries() as seen: …` then `seen.count` and `seen.statements`."""
    return logs.count_queries


@pytest.fixture
def gent() -> Space:
    """The space of a city, for tests that need no particular one."""
    return make_space("Gent", city="gent")


@pytest.fixture
def leen(gent: Space) -> Member:
    """A member of the space of Gent."""
    return make_member("Leen", space=gent)


@pytest.fixture
def moderator(gent: Space) -> Member:
    """A moderator of the space of Gent."""
    return make_member("Wouter", space=gent, role=Role.MODERATOR)
