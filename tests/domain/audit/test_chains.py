"""The chains of the log: made once whoever makes them, whole before and after erasing, and broken by every change."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.audit import chains, reasons
from forum.domain.audit import log as audit_log
from forum.domain.doctor import audit
from forum.domain.maintenance import triggers
from forum.domain.moderation import locking
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar
from forum.models.moderation import Action, ActionLink, ModerationAction
from forum.models.spaces import Role
from forum.policy.actors import actor_of
from tests.attack.test_consents_at_once import at_once
from tests.conftest import POSTGRES
from tests.domain.doctor.test_examination import unguarded
from tests.factories import actor, make_member, make_space, make_thread

pytestmark = pytest.mark.live
CLOSED = 6  # lines in each space
WITHOUT_GUARDS = [
    f"DROP TRIGGER {name}"
    for name, (table, _done) in triggers.GUARDS["sqlite"].items()
    if table in ("moderation_action", "action_link", "action_reason")
]


@pytest.fixture
def logged(live_app):
    """Two spaces with a log each, one line of no space, not linked; ids only."""
    with live_app.app_context():
        ids = {}
        for name in ("Gent", "Aalst"):
            space = make_space(name)
            moderator = make_member(f"Mo {name}", space=space, role=Role.MODERATOR)
            thread = make_thread(space, make_member(f"Leen {name}", space=space))
            for _turn in range(CLOSED // 2):
                locking.lock(actor(moderator), thread.id, reason=f"Enough, {name}")
                locking.reopen(actor(moderator), thread.id)
            ids[name] = (space.id, moderator.id)
        audit_log.record(actor(moderator), Action.CAHIER, reason="made 1")
        db.session.commit()
        db.session.remove()
    return ids


def links():
    query = select(ActionLink.chain, ActionLink.number, ActionLink.action_id, ActionLink.digest)
    return db.session.execute(query.order_by(ActionLink.chain, ActionLink.number)).all()


def planted(*statements):
    """Run these as somebody who took the guards away."""
    unguarded(*(() if POSTGRES else WITHOUT_GUARDS), *statements)


def found():
    db.session.rollback()
    checks = (audit.chains_of_log, audit.reasons_in_log)
    return [(finding.check, finding.ids) for check in checks for finding in check()]


def test_lines_are_linked_once_by_whoever_comes_some_at_a_time(live_app, logged):
    made = at_once(live_app, [lambda: chains.link(4)] * 3)
    assert sorted(made) == [4, 4, 4]
    with live_app.app_context():
        with clock.at(clock.now() + timedelta(hours=2)):
            assert [(one.check, one.count) for one in audit.unlinked()] == [("log links", 1)]
        calendar.link_log()
        whole = links()
        calendar.link_log()
        assert links() == whole
        gent, aalst = logged["Gent"][0], logged["Aalst"][0]
        places = [(chain, number) for chain in (0, gent, aalst) for number in range(1, CLOSED + 1)]
        assert [(row.chain, row.number) for row in whole] == sorted(places[:1] + places[CLOSED:])
        lines = (
            select(ModerationAction.id).where(ModerationAction.space_id == gent).order_by(ModerationAction.id)
        )
        assert [row.action_id for row in whole if row.chain == gent] == db.session.scalars(lines).all()
        assert len({row.digest for row in whole}) == len(whole)
        assert found() == []
        # A line that was committed after later ones gets the next place, and all others stay.
        locking.lock(
            actor_of(logged["Gent"][1]), db.session.scalar(select(func.min(ModerationAction.thread_id)))
        )
        db.session.commit()
        calendar.link_log()
        assert set(whole) < set(links())
        assert found() == []
        for _name, (_space, moderator) in logged.items():
            reasons.erase(moderator)
        db.session.commit()
        assert found() == [], "as before the reasons were erased"
        with clock.at(clock.now() + timedelta(hours=2)):
            assert list(audit.unlinked()) == []


# `line` is the second one of Gent, `next` the one after it.
FAULTS = {
    "changed": ("UPDATE moderation_action SET actor_id = NULL WHERE id = {line}",),
    "another space": ("UPDATE moderation_action SET space_id = {aalst} WHERE id = {line}",),
    "removed": ("DELETE FROM moderation_action WHERE id = {line}",),
    "removed with its link": ("DELETE FROM moderation_action WHERE id = {line}", "DELETE FROM action_link WHERE"
                              " chain = {gent} AND number = 2"),
    "swapped": (
        "UPDATE action_link SET action_id = -1 WHERE chain = {gent} AND number = 2",
        "UPDATE action_link SET action_id = {line} WHERE chain = {gent} AND number = 3",
        "UPDATE action_link SET action_id = {next} WHERE chain = {gent} AND number = 2",
    ),
    "another digest of a reason": ("UPDATE moderation_action SET reason_digest = 'a' WHERE id = {line}",),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_doctor_names_the_first_line_that_does_not_fit(live_app, logged, fault):
    with live_app.app_context():
        calendar.link_log()
        assert found() == []
        gent, aalst = logged["Gent"][0], logged["Aalst"][0]
        ids = {row.number: row.action_id for row in links() if row.chain == gent}
        db.session.remove()
        values = {"gent": gent, "aalst": aalst, "line": ids[2], "next": ids[3]}
        planted(*(statement.format(**values) for statement in FAULTS[fault]))
        first = {"removed with its link": ids[3], "swapped": ids[3]}.get(fault, ids[2])
        broken = [numbers for check, numbers in found() if check == "log chains"]
        assert broken == [(first,)], "and nothing of the other chains"


def test_the_doctor_finds_a_reason_that_is_not_what_was_given(live_app, logged):
    with live_app.app_context():
        calendar.link_log()
        query = (
            select(ModerationAction.id)
            .where(ModerationAction.reason_digest != "")
            .order_by(ModerationAction.id)
        )
        first, second, third = db.session.scalars(query.limit(3))
        db.session.remove()
        planted(
            f"UPDATE action_reason SET words = 'Something kind' WHERE action_id = {first}",
            f"UPDATE action_reason SET words = '' WHERE action_id = {second}",
            f"DELETE FROM action_reason WHERE action_id = {third}",
        )
        assert found() == [("log reasons", (first, second)), ("log reasons", (third,))]
