"""`python -m bench.prepare`: fills the empty database of its environment, and says as JSON what can be measured on it.

A benchmark may run beside another checkout of the forum: it asks that checkout for its own database, made by its own
code, with this command. So this is the one thing in which checkouts that are compared must agree.
"""

import argparse
import json
import os
import resource
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, select, text

from bench.pages import (
    AXIS,
    DIRECTORY,
    FOUND,
    HOME,
    HOME_VISITOR,
    LESSON,
    LIBRARY,
    LONG,
    MEMBERS,
    PROFILE,
    SETTINGS,
    SPACE,
    TAUGHT,
    THREAD,
    THREAD_VISITOR,
    THREADS,
    UNANSWERED,
    Page,
)
from bench.processes import run_quietly
from bench.rows import read, statements
from forum import create_app
from forum.demo.synthetic.people import OFFERED
from forum.demo.synthetic.size import (
    A_PAGE,
    FIRST_LESSON,
    LONG_THREAD,
    PAGE_THREAD,
    READER,
    TAUGHT_THREAD,
    Size,
)
from forum.infra import clock, logs, tokens
from forum.infra.connections import reading
from forum.infra.db import db
from forum.models.accounts import Member, SignIn
from forum.models.lessons import Lesson
from forum.models.spaces import Space
from forum.models.threads import Thread
from forum.web.http import current_user


def size_for(posts: int) -> Size:
    """A network with so many posts: whatever grows, grows alike."""
    return Size(members=posts // 50, threads=posts // 20, posts=posts, lessons=posts // 333)


def main() -> int:
    """Make the network, look at its pages, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, required=True)
    asked.add_argument("--at", required=True, help="the present of the network (ISO 8601)")
    wanted = asked.parse_args()
    seeding = network(wanted.posts, wanted.at, os.environ)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    logs.log.disabled = True
    app = create_app()
    with app.app_context():
        cookie, pages = sign_in(app), _pages()
    # Outside that context: inside it, a request would find what an earlier one left in it.
    seen = {page.name: look(app, cookie, page) for page in pages}
    print(
        json.dumps(
            {
                "size": vars(size_for(wanted.posts)),
                "seeding": seeding,
                "megabytes": memory,
                "cookie": cookie,
                "pages": [vars(page) for page in pages],
                "queries": {name: count for name, (count, _rows) in seen.items()},
                "rows": {name: rows for name, (_count, rows) in seen.items()},
            }
        )
    )
    return 0


def network(posts: int, at: str, environment: Mapping[str, str]) -> str:
    """Migrate and seed the empty database of an environment; gives what seeding said of itself."""
    python = [sys.executable, "-m"]
    if not _has_catalogues():  # without them the forum would answer in another language
        compiling = [*python, "babel.messages.frontend", "--quiet", "compile", "-d", "translations"]
        run_quietly(compiling, environment)
    run_quietly([*python, "flask", "--app", "app", "db", "upgrade"], environment)
    options = [f"--{name}={value}" for name, value in vars(size_for(posts)).items()]
    seeding = [*python, "flask", "--app", "app", "bench", "seed", *options, f"--at={at}"]
    said = run_quietly(seeding, environment)
    _settle(environment["DATABASE_URL"])
    return said.strip()


def _has_catalogues() -> bool:
    """Whether every catalogue was compiled since it was last changed; `make setup` does that."""
    sources = list(Path("translations").glob("*/LC_MESSAGES/*.po"))
    compiled = [path.with_suffix(".mo") for path in sources]
    return all(
        made.exists() and made.stat().st_mtime >= source.stat().st_mtime
        for source, made in zip(sources, compiled, strict=True)
    )


def _settle(url: str) -> None:
    """What a database does by itself within minutes, done now, so that it does not happen while we measure."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
    engine.dispose()


def sign_in(app: Flask, member_id: int = READER) -> str:
    """Sign a member in; gives the cookie."""
    secret, now = tokens.random_token(), clock.now()
    reader = db.session.get_one(Member, member_id)
    row = SignIn(
        secret_digest=tokens.digest(secret),
        member_id=member_id,
        device="Benchmark",
        # Seen a little later than now: or a turn that comes after ten minutes would also write that.
        created_at=now,
        last_seen_at=now + timedelta(hours=1),
    )
    db.session.add(row)
    db.session.commit()
    interface: Any = app.session_interface
    # As a browser holds it from the first page with a form on it.
    value = interface.get_signing_serializer(app).dumps(
        {
            "_user_id": secret,
            "_fresh": True,
            "_permanent": True,
            "csrf_token": tokens.random_token(),
            current_user.LOOKS: [reader.locale, reader.theme],
        }
    )
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


def _pages() -> list[Page]:
    thread, long, taught = (
        db.session.get_one(Thread, number) for number in (PAGE_THREAD, LONG_THREAD, TAUGHT_THREAD)
    )
    space = f"/spaces/{db.session.get_one(Space, thread.space_id).slug}"
    lesson = db.session.scalars(select(Lesson.public_id).where(Lesson.id == FIRST_LESSON)).one()
    author = db.session.get_one(Member, thread.author_id).handle
    axis = thread.axis.value
    last = -(-long.last_number // A_PAGE)
    return [
        Page(HOME_VISITOR, "/", False),
        Page(HOME, "/", True),
        Page(SPACE, space, True),
        Page(THREAD, f"/threads/{thread.id}-{thread.slug}", True),
        Page(THREAD_VISITOR, f"/threads/{thread.id}-{thread.slug}", False),
        Page(TAUGHT, f"/threads/{taught.id}-{taught.slug}", True),
        Page(LONG, f"/threads/{long.id}-{long.slug}?page={last}", True),
        Page(LIBRARY, "/lessons", True),
        Page(LESSON, f"/lessons/{lesson}", True),
        Page(MEMBERS, f"{space}/members", True),
        Page(SETTINGS, "/settings/profile", True),
        Page(AXIS, f"/axes/{axis}", True),
        Page(PROFILE, f"/members/{author}", True),
        Page(DIRECTORY, "/people", True),
        Page(FOUND, f"/people?q={OFFERED[0].split()[0]}&axis={axis}", True),
        Page(THREADS, "/threads", True),
        Page(UNANSWERED, f"/threads?axis={axis}&state=unanswered", True),
    ]


def look(app: Flask, cookie: str, page: Page) -> tuple[int, dict[str, dict[str, int]]]:
    """The queries of a page and the rows that they read, at a second visit: the first one writes a read mark."""
    headers = {"Cookie": cookie} if page.signed_in else {}
    client = app.test_client(use_cookies=False)
    for _visit in range(2):
        with statements() as asked, logs.count_queries() as counted:
            answer = client.get(page.path, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{page.path} answers {answer.status_code}")
    with app.app_context(), reading(), db.engine.connect() as connection, connection.begin():
        return counted.count, read(connection, asked)


if __name__ == "__main__":
    sys.exit(main())
