"""`flask restore` where somebody else had a hand in it: in the database, in the backup."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from forum import create_app
from forum.domain.mailing import hold
from forum.domain.maintenance import triggers
from forum.infra.backups import reading, strange
from forum.infra.backups.workspace import PREFIX
from forum.infra.db import db
from tests.cli.backup_runs import another, counts, fill, fitting_programs, inside, run, said
from tests.conftest import POSTGRES, settings_for
from tests.factories import make_space

__all__ = ["fitting_programs"]
pytestmark = [pytest.mark.live, pytest.mark.usefixtures("fitting_programs")]
OF_OTHERS = ["CREATE VIEW mine AS SELECT id FROM member", "DROP VIEW mine"]
ELSEWHERE = [
    "CREATE SCHEMA other; CREATE TABLE other.mine (id INTEGER REFERENCES public.member)",
    "DROP SCHEMA other CASCADE",
]


def test_what_others_made_and_what_somebody_began_is_not_dropped(live_app, tmp_path):
    said(run(live_app, "db", "upgrade"))
    said(run(live_app, "backup", tmp_path / "a"))
    for made, gone in [OF_OTHERS, *([ELSEWHERE] if POSTGRES else [])]:
        execute(live_app, made)
        told = said(run(live_app, "restore", tmp_path / "a"), 1)
        assert "is not of this forum depends on it" in told
        assert "mine" in told
        execute(live_app, gone)
    with inside(live_app):
        make_space("Aalst")
        db.session.commit()
    told = said(run(live_app, "restore", tmp_path / "a"), 1)
    assert "There are 1 " in told
    assert "is only brought into an empty one" in told


BESIDE_OURS = """CREATE SCHEMA auditors;
CREATE TABLE auditors.mine (id INTEGER REFERENCES public.member);
CREATE VIEW auditors.seen AS SELECT id FROM public.member"""
# As of an extension that keeps rows of its own in `public`, and wants them in every dump.
OF_AN_EXTENSION = """CREATE TABLE spatial (id INTEGER); INSERT INTO spatial VALUES (1);
ALTER EXTENSION plpgsql ADD TABLE spatial;
UPDATE pg_extension SET extconfig = ARRAY['spatial'::regclass], extcondition = ARRAY[''] WHERE extname = 'plpgsql'"""


def test_what_others_keep_beside_our_tables_is_not_in_a_backup_and_keeps_none_from_coming_back(
    live_app, tmp_path
):
    if not POSTGRES:
        return  # it has neither schemas nor extensions
    fill(live_app)
    execute(live_app, BESIDE_OURS)
    execute(live_app, OF_AN_EXTENSION)
    said(run(live_app, "backup", tmp_path / "a"))
    assert not {"mine", "spatial"} & set(reading.check(tmp_path / "a").counts)
    assert b"auditors" not in (tmp_path / "a").read_bytes()
    plain, with_it = another(tmp_path / "plain"), another(tmp_path / "with it")
    execute(with_it, OF_AN_EXTENSION)
    for copy in (plain, with_it):
        said(run(copy, "restore", tmp_path / "a"))
        assert counts(copy) == counts(live_app)


# The first fires at once, the second when a worker starts, long after somebody looked whether mail is held.
EVIL = (
    """CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE public.restored_copy SET released_at = restored_at; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER "at once" AFTER INSERT ON restored_copy DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION evil();
    CREATE TRIGGER later AFTER INSERT ON heartbeat FOR EACH ROW EXECUTE FUNCTION evil();
    CREATE RULE rule AS ON UPDATE TO member DO ALSO DELETE FROM restored_copy"""
    if POSTGRES
    else """CREATE TRIGGER "at once" AFTER INSERT ON restored_copy
    BEGIN UPDATE restored_copy SET released_at = restored_at; END;
    CREATE TRIGGER later AFTER INSERT ON heartbeat
    BEGIN UPDATE restored_copy SET released_at = restored_at; END"""
)
HONEST = (
    """CREATE SCHEMA audit; CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER noted AFTER INSERT ON post FOR EACH ROW EXECUTE FUNCTION audit.note()"""
    if POSTGRES
    else "CREATE TRIGGER noted AFTER INSERT ON post BEGIN SELECT 1; END"
)


def test_a_trigger_that_is_not_ours_never_runs_in_a_copy_and_keeps_none_from_coming_back(live_app, tmp_path):
    fill(live_app)
    execute(live_app, f"{HONEST}; {EVIL}")
    copy, names = another(tmp_path / "copy"), ["at once", "later", "noted", *(["rule"] if POSTGRES else [])]
    for app, command in ((live_app, "backup"), (live_app, "drill"), (copy, "restore")):
        told = said(run(app, command, tmp_path / "a"))
        assert f"which no restore brings back: {str(names)[1:-1]}." in told
    assert counts(copy) == counts(live_app)
    with inside(copy):
        assert hold.is_held()
        assert not db.session.scalars(text(triggers.strange(is_sqlite=not POSTGRES))).all()
        ours = db.session.scalars(text(triggers.at_work(is_sqlite=not POSTGRES)))
        assert set(ours) == set(triggers.ours("postgresql" if POSTGRES else "sqlite"))


PASSES_FOR_OURS = (
    """CREATE OR REPLACE FUNCTION refuse_sealed_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE public.restored_copy SET released_at = restored_at; RETURN NEW; END $$"""
    if POSTGRES
    else """DROP TRIGGER lesson_version_sealed;
    CREATE TRIGGER lesson_version_sealed BEFORE UPDATE ON lesson_version
    BEGIN UPDATE restored_copy SET released_at = restored_at; END"""
)


def test_a_backup_whose_trigger_passes_for_one_of_ours_is_not_brought_in(live_app, tmp_path):
    execute(live_app, PASSES_FOR_OURS)
    said(run(live_app, "backup", tmp_path / "a"))
    copy = another(tmp_path / "copy")
    assert "passes for one of this forum and could release its mail" in said(
        run(copy, "restore", tmp_path / "a"), 1
    )
    with inside(copy):
        assert not db.inspect(db.engine).get_table_names()


@pytest.mark.any_database
def test_what_makes_a_view_and_what_is_ours_stays_whatever_the_owner_is_called():
    ours = frozenset({"post kept"})
    lines = [
        "; comment",
        "1; 1259 2 TABLE public post my role",
        "2; 2620 3 TRIGGER public post kept my role",
        "3; 2618 4 RULE public seen _RETURN owner",
        "4; 2618 5 RULE public post kept2 owner",
        "5; 2620 6 TRIGGER public post more kept owner",
        "",
    ]
    kept, left_out = strange.split("\n".join(lines), ours)
    assert kept.split("\n") == [*lines[:4], ""]
    assert left_out == ["kept2", "more kept"]


def execute(app, statement):
    """As somebody does who has the database and not the forum."""
    with inside(app), closing(db.engine.raw_connection()) as connection:
        # The driver of SQLite takes one statement at a time.
        getattr(connection.cursor(), "execute" if POSTGRES else "executescript")(statement)
        connection.commit()


@pytest.mark.any_database
def test_names_that_cannot_be_kept_are_refused_before_anything_is_made(live_app, tmp_path):
    for name, sentence in (("x" * 10_000, "too long"), (os.fsdecode(b"x\xff"), "is no UTF-8")):
        for command in ("backup", "restore", "drill"):
            assert sentence in said(run(live_app, command, tmp_path / name), 2)
    assert not list(tmp_path.glob("x*"))
    home = create_app({**settings_for("sqlite:///:memory:", tmp_path), "BACKUPS": "~/kept"})
    assert home.config["BACKUPS"] == str(Path.home() / "kept")


@pytest.mark.any_database
def test_a_database_of_another_program_is_called_so(tmp_path):
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")
    connection.close()
    other = create_app(settings_for(f"sqlite:///{file}", tmp_path))
    told = said(run(other, "backup", tmp_path / "a"), 1)
    assert f"{file} is a database, and not one of this forum" in told
    file.write_bytes(b"no database" * 500)
    told = said(run(other, "backup", tmp_path / "a"), 1)
    assert str(file) in told
    assert PREFIX not in told
