"""A backup is opened with the lines that docs/deployment/backups.md has for it, and none of our code."""

import shlex
import subprocess

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from forum.domain.mailing import hold
from forum.infra.backups.postgresql_programs import environment
from forum.infra.db import db
from tests.cli.backup_runs import another, counts, fill, fitting_programs, inside, run, said
from tests.conftest import POSTGRES
from tests.rules.source import ROOT

__all__ = ["fitting_programs"]


@pytest.mark.live
@pytest.mark.usefixtures("fitting_programs")
def test_the_documented_lines_bring_it_all_back_and_hold_its_mail(live_app, tmp_path):
    fill(live_app)
    said(run(live_app, "backup", tmp_path / "a"))
    copy = another(tmp_path / "copy")
    url = make_url(copy.config["SQLALCHEMY_DATABASE_URI"])
    page = (ROOT / "docs" / "deployment" / "backups.md").read_text()
    _before, commands, _between, statements, *_after = page.split("## Opening it by hand")[1].split("```")
    for command in commands.splitlines():
        program, *words = shlex.split(command, comments=True) or [""]
        if program in {"tar", "pg_restore" if POSTGRES else "gunzip"}:
            words = [{"FILE": str(tmp_path / "a")}.get(word, word) for word in words]
            words = [word.replace("=NEW", f"={url.database}") for word in words]
            subprocess.run([program, *words], cwd=tmp_path / "copy", env=environment(url), check=True)
    if not POSTGRES:
        (tmp_path / "copy" / "database.sqlite").rename(str(url.database))
    before = counts(live_app)
    with inside(copy):
        for statement in statements.splitlines():
            if statement:
                db.session.execute(text(statement.partition("--")[0]))
        db.session.commit()
        assert hold.is_held()
    assert counts(copy) == before
