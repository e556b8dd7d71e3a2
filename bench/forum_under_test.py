"""A forum of some size in PostgreSQL: made, seeded, with a reader who is signed in, and the pages that are measured."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, select, text

from bench.processes import run_quietly
from forum import create_app
from forum.demo.synthetic.size import A_PAGE, LONG_THREAD, PAGE_THREAD, READER, TAUGHT_THREAD, Size
from forum.domain import sign_ins
from forum.infra import logs
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Space
from forum.models.threads import Thread

SECRET = "bench-only-" + "x" * 32


@dataclass(frozen=True)
class Page:
    """One address, as a visitor or as the reader who is signed in."""

    name: str
    path: str
    signed_in: bool


@dataclass
class Measured:
    """A forum that stands ready."""

    size: Size
    environment: dict[str, str]
    cookie: str
    pages: list[Page]
    queries: dict[str, int]


@contextmanager
def made(url: str, size: Size) -> Iterator[Measured]:
    """Migrate and seed the empty database at `url`."""
    with tempfile.TemporaryDirectory(prefix="leerkring-bench-") as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "INSTANCE": folder,
            "JOBS_URL": "memory:",
            "SECRET_KEY": SECRET,
            "FORUM_ENV": "development",
            "FORUM_DEMO": "0",
            "FLASK_DEBUG": "0",
        }
        flask = [sys.executable, "-m", "flask", "--app", "app"]
        run_quietly([*flask, "db", "upgrade"], environment)
        run_quietly([*flask, "bench", "seed", *_options(size)], environment)
        _settle(url)
        app = create_app(
            {
                "ENV_NAME": "development",
                "SQLALCHEMY_DATABASE_URI": url,
                "JOBS_URL": "memory:",
                "SECRET_KEY": SECRET,
                "INSTANCE": folder,
            }
        )
        logs.log.disabled = True
        with app.app_context():
            cookie, pages = _sign_in(app), _pages()
        # Outside that context: inside it, a request would find what an earlier one left in it.
        yield Measured(size, environment, cookie, pages, _count(app, cookie, pages))


def _options(size: Size) -> list[str]:
    return [
        f"--members={size.members}",
        f"--threads={size.threads}",
        f"--posts={size.posts}",
        f"--lessons={size.lessons}",
    ]


def _settle(url: str) -> None:
    """What a database does by itself within minutes, done now, so that it does not happen while we measure."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    engine.dispose()


def _sign_in(app: Flask) -> str:
    secret = sign_ins.begin(db.session.get_one(Member, READER), device="Benchmark")
    db.session.commit()
    interface: Any = app.session_interface
    value = interface.get_signing_serializer(app).dumps(
        {"_user_id": secret, "_fresh": True, "_permanent": True}
    )
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


def _pages() -> list[Page]:
    thread = db.session.get_one(Thread, PAGE_THREAD)
    long, taught = db.session.get_one(Thread, LONG_THREAD), db.session.get_one(Thread, TAUGHT_THREAD)
    space = db.session.get_one(Space, thread.space_id)
    shown = select(Lesson.public_id).where(Lesson.audience == Audience.PUBLIC).order_by(Lesson.id).limit(1)
    last = -(-long.last_number // A_PAGE)
    return [
        Page("home, visitor", "/", False),
        Page("home, member", "/", True),
        Page("space", f"/spaces/{space.slug}", True),
        Page("thread of 20 posts", f"/threads/{thread.id}-{thread.slug}", True),
        Page("thread of 20 posts, visitor", f"/threads/{thread.id}-{thread.slug}", False),
        Page("the same with a lesson", f"/threads/{taught.id}-{taught.slug}", True),
        Page("last page of a long thread", f"/threads/{long.id}-{long.slug}?page={last}", True),
        Page("library", "/lessons", True),
        Page("lesson", f"/lessons/{db.session.scalar(shown)}", True),
    ]


def _count(app: Flask, cookie: str, pages: list[Page]) -> dict[str, int]:
    """Queries of each page at a second visit: at the first one a read mark is written."""
    counts = {}
    for page in pages:
        client = app.test_client(use_cookies=False)
        headers = {"Cookie": cookie} if page.signed_in else {}
        for _visit in range(2):
            with logs.count_queries() as seen:
                answer = client.get(page.path, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{page.path} answers {answer.status_code}")
        counts[page.name] = seen.count
    with app.app_context():
        db.engine.dispose()
    return counts
