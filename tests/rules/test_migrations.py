"""One head, equal to the models, on the database of this run; and a way back."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from forum.domain.lessons import lessons
from forum.domain.lessons import taking_over as lesson_taking
from forum.domain.mailing import events, mail_queue
from forum.domain.people import mail_links
from forum.domain.spaces import access_requests
from forum.infra import search_index, tokens
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.events import Event
from forum.models.mail import Lane, OutgoingMail
from forum.models.spaces import Audience, Invitation, Role, Space
from forum.policy.actors import actor_of
from tests import lesson_scenario
from tests.factories import LONG_AGO, ask_for_access, join, make_member, make_space
from tests.rules.source import ROOT


def differences(app) -> list[object]:
    """What the models have and the database has not, or the other way round."""
    with app.app_context(), db.engine.connect() as connection:
        compared = {"compare_type": True, "include_object": search_index.is_in_models}
        context = MigrationContext.configure(connection, opts=compared)
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


def test_accounts_that_waited_with_a_password_become_requests_whose_links_still_work(live_app):
    """Whoever asked before 0011 left an account with a password that nobody had proven; its letter is on its way."""
    with live_app.app_context():
        space = make_space("Gent", city="gent")
        db.session.commit()
        space_id = space.id
        db.session.remove()
        downgrade(revision="0010")
        rows = {"space": space_id, "payload": '{"member_id": 41}'}
        with db.engine.begin() as connection:
            for statement in PENDING_BEFORE_0011.strip().split(";\n"):
                named = {name: value for name, value in rows.items() if f":{name}" in statement}
                connection.execute(text(statement), named)
        letter = tokens.sign(mail_links.CONFIRM, {"m": 41, "s": tokens.digest("stamp")[:16]})
        upgrade()
        asked = mail_links.access_request_of(letter)
        assert (asked.id, asked.email, asked.function, asked.message) == (41, "a@city.test", "nurse", "Hello")
        assert db.session.scalars(select(Member.id)).all() == [42], "a suspended one stays"
        assert db.session.scalars(select(Member.password_hash)).all() == [None]
        mail = db.session.scalars(select(OutgoingMail)).one()
        assert (mail.access_request_id, mail.member_id) == (41, None)
        event = db.session.scalars(select(Event)).one()
        assert (event.name, event.payload) == ("access.requested", {"access_request_id": 41})
        member = access_requests.confirm(letter, password_hash="hash")
        assert (member.email, member.password_hash) == ("a@city.test", "hash")
        assert ask_for_access(email="b@city.test").id > 41
        db.session.rollback()
        events.record("password.forgotten", member_id=None, access_request_id=41)
        events.record("password.forgotten", member_id=42, access_request_id=None)
        db.session.commit()
        db.session.remove()
        downgrade(revision="0010")
        with db.engine.connect() as connection:
            left = connection.scalars(text("SELECT name FROM event WHERE handled_at IS NULL")).all()
        assert left == ["password.forgotten"], "nothing waits for a request that is no more"


def test_no_use_of_a_tag_is_written_without_its_spelling(live_app):
    """Code of before 0012 that still runs would do that."""
    with live_app.app_context():
        columns = {each: sa.inspect(db.engine).get_columns(each) for each in ("thread_tag", "lesson_tag")}
    for table, found in columns.items():
        (name,) = [column for column in found if column["name"] == "name"]
        assert (name["nullable"], name["default"]) == (False, None), table


PENDING_BEFORE_0011 = """
INSERT INTO member (id, handle, name, email, password_hash, password_stamp, timezone, created_at, suspended_at,
sort_key) VALUES (41, 'a', 'A', 'a@city.test', 'planted', 'stamp', 'Europe/Brussels', '2026-11-20 10:00:00', NULL, 'a'),
(42, 'c', 'C', 'c@city.test', 'planted', 's', 'Europe/Brussels', '2026-11-20 10:00:00', '2026-11-20 10:00:00', 'c');
INSERT INTO capacity (member_id, function, level, body, city, starts_on)
VALUES (41, 'nurse', 'field', 'city', 'gent', '2026-11-20');
INSERT INTO join_request (space_id, member_id, message, asked_at) VALUES (:space, 41, 'Hello', '2026-11-20 10:00:00');
INSERT INTO outgoing_mail (key, kind, lane, member_id, payload, state, reason, message_id, attempts, created_at,
next_try_at) VALUES ('k', 'confirm_email', 'direct', 41, '{}', 'queued', '', '<k>', 0,
'2026-11-20 10:00:00', '2026-11-20 10:00:00');
INSERT INTO event (name, payload, created_at, next_try_at, attempts, last_error)
VALUES ('member.registered', :payload, '2026-11-20 10:00:00', '2026-11-20 10:00:00', 0, '')
"""


@pytest.mark.live
def test_a_lesson_in_review_that_was_handed_over_holds_up_the_way_back(live_app, caplog):
    """Code of before 0029 would let who made it check it."""
    with live_app.app_context():
        scenario = lesson_scenario.build()
        lesson = scenario.draft()
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
        lesson_taking.take_over(scenario.actor("second"), lesson.id, giver_id=scenario.curator.id)
        returned_by, lesson_id = make_member("Ties", space=scenario.space, role=Role.MODERATOR).id, lesson.id
        db.session.commit()
        db.session.remove()
        with pytest.raises(SystemExit):
            downgrade(revision="0028")
        assert "1 lessons that were handed over are in review" in caplog.text
        upgrade()
        lessons.send_back(actor_of(returned_by), lesson_id, note="Say where.")
        db.session.commit()
        db.session.remove()
        downgrade(revision="0028")
        upgrade()
    assert differences(live_app) == []


# What somebody of 0014 spoke as: the city, whose invitation they had accepted, whether the command line put them in the
# space of Gent; and who confirmed it for 0015.
CONFIRMED_BY_0015 = {
    "invited by Gent": ("gent", "gent", False, "invitation"),
    "invited by Aalst": ("gent", "aalst", False, None),
    "put there by command": ("gent", None, True, "operator"),
    "put there, for another city": ("aalst", None, True, None),
    "without a city": (None, "gent", True, None),
    "nobody knows": ("gent", None, False, None),
}


@pytest.mark.live
def test_capacities_are_confirmed_by_what_gave_them_and_the_others_wait(live_app):
    with live_app.app_context():
        cities = {city: make_space(city, city=city).id for city in ("gent", "aalst")}
        keeper = make_member("Keeper").id
        for name, (city, invited, placed, _by) in CONFIRMED_BY_0015.items():
            member = make_member(name)
            held = db.session.scalars(select(Capacity).where(Capacity.member_id == member.id)).one()
            held.city = city
            if placed:
                join(member, db.session.get_one(Space, cities["gent"]))
            if invited:
                db.session.add(
                    Invitation(
                        space_id=cities[invited], email=member.email, role=Role.MEMBER, locale="en",
                        invited_by_id=keeper, responsible_id=keeper,
                        invited_at=LONG_AGO, expires_at=LONG_AGO, accepted_at=LONG_AGO,
                        accepted_by_id=member.id,
                    )
                )  # fmt: skip
        db.session.commit()
        db.session.remove()
        downgrade(revision="0014")
        upgrade()
        rows = db.session.execute(
            select(Member.name, Capacity).join(Capacity, Capacity.member_id == Member.id)
        )
        found = {name: capacity for name, capacity in rows if name in CONFIRMED_BY_0015}
        for name, (*_given, by) in CONFIRMED_BY_0015.items():
            assert (found[name].confirmation, found[name].confirmed_at is not None) == (by, by is not None), (
                name
            )
            assert found[name].counts_until is not None, "what was said before goes on counting"
        invited = found["invited by Gent"]
        assert (invited.confirmed_at, invited.confirmed_by_id) == (LONG_AGO, keeper)


@pytest.mark.live
def test_who_took_an_invitation_over_has_sent_it_on_the_way_back_and_its_letter_stays(live_app):
    with live_app.app_context():
        space = make_space("Gent", city="gent")
        sender, successor = (make_member(name, space=space, role=Role.MODERATOR) for name in ("Mo", "Sien"))
        for email, answers in (("kept@city.test", sender), ("taken@city.test", successor)):
            invitation = Invitation(
                space_id=space.id, email=email, role=Role.MEMBER, locale="en", invited_by_id=sender.id,
                responsible_id=answers.id, invited_at=LONG_AGO, expires_at=LONG_AGO,
            )  # fmt: skip
            db.session.add(invitation)
            db.session.flush()
            mail_queue.queue_mail(
                "invitation",
                key=email,
                member_id=None,
                invitation_id=invitation.id,
                lane=Lane.DIRECT,
                payload={},
            )
        ids = sender.id, successor.id
        db.session.commit()
        letters = select(OutgoingMail.key, OutgoingMail.invitation_id, OutgoingMail.created_at)
        before = db.session.execute(letters.order_by(OutgoingMail.key)).all()
        db.session.remove()
        downgrade(revision="0035")
        with db.engine.connect() as connection:
            rows = connection.execute(
                text("SELECT email, invited_by_id FROM invitation ORDER BY email")
            ).all()
        assert rows == [("kept@city.test", ids[0]), ("taken@city.test", ids[1])]
        upgrade()
        found = db.session.scalars(select(Invitation).order_by(Invitation.email)).all()
        assert [(one.invited_by_id, one.responsible_id) for one in found] == [(i, i) for i in ids]
        assert db.session.execute(letters.order_by(OutgoingMail.key)).all() == before
        with pytest.raises(IntegrityError):
            db.session.execute(text("UPDATE invitation SET role = 'king'"))
        db.session.rollback()
        with pytest.raises(IntegrityError):
            db.session.execute(text("UPDATE invitation SET ends_at = invited_at"))
        db.session.rollback()
