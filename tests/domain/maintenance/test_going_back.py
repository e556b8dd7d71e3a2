"""An older release does not know that a restored copy holds its mail: nobody goes back to one meanwhile."""

import pytest
from sqlalchemy import inspect

from forum.domain import schema
from forum.domain.mailing import hold
from forum.infra import clock
from forum.infra.db import db
from forum.models.maintenance import RestoredCopy


@pytest.mark.live
def test_a_copy_that_holds_its_mail_does_not_go_back_past_the_table_that_says_so(live_app):
    runner = live_app.test_cli_runner()
    with live_app.app_context():
        db.session.add(RestoredCopy(id=1, backup_made_at=clock.now(), restored_at=clock.now()))
        db.session.commit()
        newest = schema.fit().newest
        db.session.remove()
    for target in ("0013", "base", "-1" if newest == "0014" else "0012"):
        # "--": a number of steps looks like an option.
        answer = runner.invoke(args=["db", "downgrade", "--", target])
        assert answer.exit_code == 1, answer.output
        assert "First `flask mail release`" in answer.output
    with live_app.app_context():
        assert hold.is_held()
        assert schema.fit().current == newest
        hold.release()
        db.session.commit()
        db.session.remove()
    answer = runner.invoke(args=["db", "downgrade", "0013"])
    assert answer.exit_code == 0, answer.output
    with live_app.app_context():
        assert not inspect(db.engine).has_table("restored_copy")
        db.engine.dispose()
