"""What the tests of backups share: a small network, another instance, and the commands run on each."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from forum import create_app
from forum.domain.mailing import mail_queue
from forum.domain.people import mail_links, sessions
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane
from tests.conftest import POSTGRES, new_database, settings_for
from tests.factories import make_member, make_space, make_thread
from tests.postgres import packaged_binaries

PART = "database.pgdump" if POSTGRES else "database.sqlite.gz"
OF_THE_COPY = {"restored_copy", "heartbeat", "maintenance_record"}


@pytest.fixture
def fitting_programs(monkeypatch):
    """The programs of the version of the server that the tests start."""
    if POSTGRES:
        monkeypatch.setenv("PATH", f"{packaged_binaries()}{os.pathsep}{os.environ['PATH']}")


def run(app: Flask, *words: Any) -> Result:
    """Run one command as an operator does."""
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def said(answer: Result, code: int = 0) -> str:
    """Its words, when it ended so; nothing that is not a sentence."""
    assert answer.exit_code == code, answer.output
    assert "Traceback" not in answer.output
    return answer.output


@contextmanager
def inside(app: Flask):
    """A look into its database, which is let go afterwards."""
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def fill(app: Flask, people: int = 3) -> dict[str, Any]:
    """A network of a few people: signed in, with a thread, a link that sets a password, and mail that is due."""
    with inside(app):
        space = make_space("Gent")
        members = [make_member(f"Noor {number}", space=space) for number in range(people)]
        thread = make_thread(space, members[0])
        secret = sessions.begin(members[0], device="Test browser")
        for member in members:
            mail_queue.queue_mail(
                "password_changed", key=f"password_changed.{member.id}", member_id=member.id, lane=Lane.DIRECT
            )
        db.session.commit()
        token = mail_links.reset_token(members[0])
        return {
            "secret": secret,
            "reset": token,
            "thread": thread.id,
            "space": space.id,
            "author": members[0].id,
        }


def another(folder: Path, **settings: Any) -> Flask:
    """An application on an empty database of its own."""
    folder.mkdir(exist_ok=True)
    return create_app({**settings_for(new_database(folder), folder), **settings})


def counts(app: Flask) -> dict[str, int]:
    """How many rows each table has, but those that only a restored copy has."""
    with inside(app):
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table))
            for table in db.metadata.sorted_tables
            if table.name not in OF_THE_COPY
        }


def members(app: Flask) -> int:
    with inside(app):
        return db.session.scalar(select(func.count(Member.id)))
