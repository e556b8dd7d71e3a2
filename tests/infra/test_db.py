"""A page that only reads makes no transaction of its own on PostgreSQL; what writes still does, all or nothing."""

import pytest
from sqlalchemy import column, func, select, table, text
from sqlalchemy.exc import ProgrammingError

from forum.infra.connections import reading
from forum.infra.db import db
from forum.infra.statements import planned_by_index, planned_each_time
from forum.models.accounts import Member
from tests.conftest import POSTGRES
from tests.factories import make_member

pytestmark = pytest.mark.live


def autocommit() -> bool:
    return db.session.connection().connection.driver_connection.autocommit


def test_reading_and_writing_take_turns_on_one_connection(live_app):
    with live_app.app_context():
        for _turn in range(3):
            with reading():
                assert db.session.scalar(select(func.count(Member.id))) == 0
                if POSTGRES:
                    assert autocommit()
                db.session.rollback()
            make_member()
            if POSTGRES:
                assert not autocommit()
            db.session.rollback()
        assert db.session.scalar(select(func.count(Member.id))) == 0


def test_what_fails_while_reading_leaves_the_connection_whole(live_app):
    with live_app.app_context():
        with reading(), pytest.raises(Exception, match="nowhere"):
            db.session.execute(select(table("nowhere", column("x"))))
        db.session.rollback()
        make_member()
        db.session.commit()
        make_member()
        db.session.rollback()
        assert db.session.scalar(select(func.count(Member.id))) == 1


def test_statements_that_are_read_again_stay_prepared(live_app):
    """A ROLLBACK makes the driver forget its prepared statements, and every page be planned anew."""
    if not POSTGRES:
        return
    with live_app.app_context():
        for _page in range(8):
            with reading():
                db.session.scalar(select(func.count(Member.id)))
                db.session.rollback()
        kept = db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
        db.session.rollback()
        assert kept


def test_pages_plan_once_and_what_writes_plans_as_postgresql_chooses(live_app):
    if not POSTGRES:
        return

    def planning() -> tuple[str, str]:
        return tuple(
            str(db.session.scalar(text(f"SHOW {name}"))) for name in ("plan_cache_mode", "enable_seqscan")
        )

    with live_app.app_context():
        usual = ("auto", "on")
        assert planning() == usual  # a worker never promises to read only
        db.session.rollback()
        for _turn in range(2):
            with reading():
                assert planning() == ("force_generic_plan", "on")
                with planned_each_time():  # for a search
                    assert planning() == ("force_custom_plan", "on")
                with planned_by_index():
                    assert planning() == ("force_custom_plan", "off")
                assert planning() == ("force_generic_plan", "on")
                with pytest.raises(ProgrammingError), planned_by_index():
                    db.session.scalar(text("SELECT nothing"))
                db.session.rollback()
            assert planning() == usual
            db.session.rollback()
            with planned_each_time():  # changes nothing for what writes
                assert planning() == usual
            db.session.commit()


def test_postgresql_that_is_gone_without_a_word_is_noticed_within_half_a_minute(live_app):
    with live_app.app_context():
        options = dict(live_app.config["SQLALCHEMY_ENGINE_OPTIONS"]).get("connect_args", {})
        assert bool(options) is POSTGRES
        if POSTGRES:
            used = db.session.connection().connection.driver_connection.info.get_parameters()
            assert {name: used[name] for name in options} == {
                name: str(each) for name, each in options.items()
            }
            assert int(used["keepalives_idle"]) + 2 * int(used["keepalives_interval"]) <= 30
            assert int(used["tcp_user_timeout"]) <= 30_000
