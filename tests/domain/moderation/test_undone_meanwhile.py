"""Somebody does something at the moment at which an act is undone, while the undo waits for its lock.

What it read before does not count: it is asked again, and who undoes it hears what came first.
"""

import pytest
from sqlalchemy import func, select, update

from forum.domain.audit import undoable
from forum.domain.moderation import retitling, undo
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.models.moderation import ModerationAction
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict
from tests.acts import on_places
from tests.acts.on_acts import DONE
from tests.acts.places import THREADS
from tests.factories import actor
from tests.policy import people

pytestmark = pytest.mark.both_databases


@pytest.fixture
def town(session):
    return people.build()


@pytest.fixture
def meanwhile(monkeypatch):
    """Let others do something just after, or before, the first time that `module.name` is done."""

    def wait(module, name, do, *, after=False):
        genuine = getattr(module, name)

        def waited(*args, **named):
            monkeypatch.setattr(module, name, genuine)
            if not after:
                do()
            found = genuine(*args, **named)
            if after:
                do()
            return found

        monkeypatch.setattr(module, name, waited)

    return wait


def lines():
    return db.session.scalar(select(func.count()).select_from(ModerationAction))


@pytest.mark.parametrize("name", DONE)
def test_nothing_is_undone_that_somebody_ended_meanwhile(town, meanwhile, name):
    mod, act_id = actor(town.member("mod")), DONE[name](town)
    db.session.flush()
    before, again = lines(), undo.rendered(mod, act_id)
    over = update(UndoableAct).where(UndoableAct.id == act_id).values(until=UndoableAct.at)

    def end():  # past the session, as another connection does
        db.session.connection().execute(over)

    meanwhile(undoable, "require_open", end, after=True)
    with pytest.raises(Conflict):
        undo.undo(mod, act_id, again=again)
    assert lines() == before
    assert db.session.get_one(UndoableAct, act_id, populate_existing=True).undone_at is None


def test_of_a_thread_that_went_into_another_meanwhile_it_says_so(town, meanwhile):
    mod, cur, place = actor(town.member("mod")), actor(town.member("cur")), THREADS["open"](town)
    into = on_places.mergeable(town, place)
    retitling.retitle(mod, place.thread.id, title="Who calls?", reason="Clearer.")
    act_id = db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id.desc())).first()

    def merge():
        on_places.merge(cur, into)
        db.session.flush()

    meanwhile(post_store, "locked_thread", merge)
    with pytest.raises(Conflict):
        undo.undo(mod, act_id)
    assert db.session.get_one(UndoableAct, act_id, populate_existing=True).undone_at is None
