"""Code of one release beside the database of another: a sentence about the way back, or it goes on."""

import pytest
from flask_migrate import downgrade
from sqlalchemy import text

from forum.domain import schema
from forum.infra.db import db
from tests.cli.test_start import free_port

pytestmark = pytest.mark.live
COMMANDS = (["db", "upgrade"], ["worker", "--until-idle"], ["thread", "recount"])


def run(app, *words):
    answer = app.test_cli_runner().invoke(args=list(words))
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.output
    return answer.exit_code, answer.output.strip()


def migrated_by_another(app, revision: str, serves_from: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        connection.execute(
            text("UPDATE schema_fit SET revision = :it, serves_from = :from"),
            {"it": revision, "from": serves_from},
        )


def test_a_newer_database_is_met_with_the_way_back(live_app):
    with live_app.app_context():
        newest = schema.fit().newest
        db.session.remove()
    migrated_by_another(live_app, "8001", "8001")
    for command in (*COMMANDS, ["start", "--port", str(free_port())]):
        code, said = run(live_app, *command)
        assert code == 1, said
        assert f"flask db downgrade {newest}" in said, command
        assert "backup" in said
        assert "8001" in said
        assert "Traceback" not in said
        assert len(said.splitlines()) == 1
    migrated_by_another(live_app, "8001", newest)
    code, said = run(live_app, "db", "upgrade")
    assert (code, said.endswith("nothing to do here.")) == (0, True)
    assert run(live_app, "worker", "--until-idle")[0] == 0
    assert run(live_app, "db", "downgrade", "0013")[0] == 1
    migrated_by_another(live_app, newest, newest)
    assert run(live_app, "db", "upgrade") == (0, "")


def test_an_older_database_is_met_with_the_command_that_migrates_it(live_app):
    with live_app.app_context():
        downgrade(revision="0013")
        db.engine.dispose()
    code, said = run(live_app, "thread", "recount")
    assert (code, "flask db upgrade" in said) == (1, True)
    assert run(live_app, "db", "upgrade") == (0, "")
    assert run(live_app, "thread", "recount")[0] == 0
