"""Many who look for the same in vain at the same moment, with real commits: each counts once, and nobody is lost."""

import pytest
from sqlalchemy import func, select

from forum.domain.search import language, missed
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.missed import MissedBy, MissedSearch
from forum.policy.actors import actor_of
from tests.factories import actor, make_member
from tests.live.test_at_once import at_once, committed

pytestmark = pytest.mark.live


def test_two_people_many_times_do_not_show_it_and_a_third_at_the_same_moment_does(live_app):
    with live_app.app_context():
        ids = [make_member(name).id for name in ("Leen", "Karim", "Noor", "Wout")]
        eva = make_member("Eva", network_role=NetworkRole.EDITOR)
        db.session.commit()
        editor = actor(eva)
        db.session.remove()
    question = language.read("groene daken")

    def look(member_id):
        return committed(lambda: missed.note(actor_of(member_id), question))

    at_once(live_app, lambda number: look(ids[number % 2]))
    with live_app.app_context():
        assert missed.page(editor).rows == []
        assert db.session.scalar(select(func.count()).select_from(MissedSearch)) == 1
        assert db.session.scalar(select(func.count()).select_from(MissedBy)) == 2
        db.session.remove()
    at_once(live_app, lambda number: look(ids[2 + number % 2]))
    with live_app.app_context():
        assert [row.words for row in missed.page(editor).rows] == ["groene daken"]
        assert db.session.scalar(select(func.count()).select_from(MissedBy)) == 0


def test_three_people_at_the_same_moment_show_it(live_app):
    with live_app.app_context():
        ids = [make_member(name).id for name in ("Leen", "Karim", "Noor")]
        db.session.commit()
        db.session.remove()
    question = language.read("groene daken")
    at_once(live_app, lambda number: committed(lambda: missed.note(actor_of(ids[number]), question)), 3)
    with live_app.app_context():
        assert db.session.scalars(select(MissedSearch.words)).all() == ["groene daken"]
