"""One head, equal to the models, on the database of this run; and a way back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from forum.infra.db import db
from tests.rules.source import ROOT


def differences(app) -> list[object]:
    """What the models have and the database has not, or the other way round."""
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def test_there_is_one_head_and_files_are_numbered():
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert path.name[:4].isdigit(), path.name


@pytest.mark.live
def test_migrations_equal_the_models_and_go_back(live_app):
    assert differences(live_app) == []
    with live_app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE read_mark ADD COLUMN planted INTEGER"))
        assert differences(live_app) != [], "the comparison must be able to see a difference"
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE read_mark DROP COLUMN planted"))
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
    assert differences(live_app) == []


@pytest.mark.live
def test_new_names_of_themes_reach_old_rows_and_leave_changed_ones(live_app):
    named = text("SELECT code, name FROM label WHERE kind = 'axis' AND locale = 'en'")
    with live_app.app_context():
        downgrade(revision="0007")
        with db.engine.begin() as connection:
            assert (
                dict(connection.execute(named).all())["innoverende-kracht"] == "Power to innovate and create"
            )
            connection.execute(
                text("UPDATE label SET name = 'Makers' WHERE code = 'innoverende-kracht' AND locale = 'en'")
            )
        upgrade()
        with db.engine.connect() as connection:
            names = dict(connection.execute(named).all())
    assert names["innoverende-kracht"] == "Makers"
    assert names["kwalitatieve-densiteit"] == "High-quality density"
    assert names["identiteit-diversiteit"] == "Identity through diversity"
