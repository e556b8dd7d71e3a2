"""The page on which administrators see whether everything works, and the line on every page of a restored copy."""

from datetime import timedelta

import pytest

from forum.domain.mailing import hold
from forum.domain.mailing.mail_queue import queue_mail
from forum.domain.maintenance import records
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar, letter_kinds
from forum.models.accounts import NetworkRole
from forum.models.events import Heartbeat, RecurringWork
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import MaintenanceKind, RestoredCopy
from forum.web import system
from tests.factories import make_member, sign_in, submit

PAGE = "/admin/system"
AWAY = {"_method": "DELETE"}
RESTORED = "This forum was restored from a backup"


@pytest.fixture
def administrator(client):
    member = make_member("Bas", network_role=NetworkRole.ADMIN, locale="en")
    sign_in(client, member)
    return member


@pytest.fixture
def stuck(leen):
    """Queue a letter that needs somebody; its id."""

    def letter(state=MailState.FAILED, reason="550 no box of leen@people.test", kind="reset_password"):
        key = f"k{db.session.query(OutgoingMail).count()}"
        queue_mail(kind, key=key, lane=Lane.DIRECT, member_id=leen.id)
        mail = db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.key == key)).one()
        mail.state, mail.reason = state, reason
        db.session.commit()
        return mail.id

    return letter


def mail(mail_id):
    db.session.expire_all()
    return db.session.get(OutgoingMail, mail_id)


def test_an_empty_forum_without_a_worker(client, administrator):
    text = client.get(PAGE).text
    for said in (
        "Not everything works",
        "flask worker",
        "Set BACKUPS to a folder",
        "nothing waits",
        "No worker was ever started",
        "Nothing was planned",
    ):
        assert said in text
    assert text.count("none yet") == 2
    assert PAGE in client.get("/settings/profile").text
    assert PAGE in client.get("/admin/members").text


@pytest.mark.both_databases
def test_what_stands_where_and_what_went_wrong(client, administrator, stuck):
    now = clock.now()
    queue_mail("digest", key="waits", member_id=administrator.id, lane=Lane.BULK)
    stuck()
    stuck(MailState.UNCERTAIN, reason="no answer", kind="of_tomorrow")
    db.session.add(Heartbeat(name="a", at=now, lanes="direct,notice,bulk"))
    db.session.add(
        RecurringWork(name="open_digests", next_at=now - timedelta(hours=1), last_error="", failures=2)
    )
    records.record(MaintenanceKind.BACKUP, name="x", good=True)
    records.record(MaintenanceKind.DRILL, name="x", good=False, found="posts: 3 of 4")
    db.session.commit()
    with clock.at(now + timedelta(seconds=5)):
        text = client.get(PAGE).text
    for said in (
        "New password", "Not delivered", "550 no box of (address)", "of_tomorrow", "Perhaps delivered",
        "Send once more",
        "1 waits since today at", "1 worker is at work", "No worker for: Files", "Making digests",
        "2 e-mails wait for you", "failed 2 times in a row",
        "Went well", "Went wrong", "posts: 3 of 4", "None went well so far",
    ):  # fmt: skip
        assert said in text, said
    assert "leen@" not in text


def test_everything_works_and_a_mail_server_that_is_away(client, administrator, leen, moderator):
    now = clock.now()
    db.session.add(Heartbeat(name="a", at=now, lanes="direct,notice,bulk,slow"))
    queue_mail("digest", key="of a full box", member_id=leen.id, lane=Lane.BULK)
    letter = db.session.scalars(db.select(OutgoingMail)).one()
    letter.reason, letter.next_try_at = "452 4.2.2 full", now + timedelta(minutes=9)
    db.session.commit()
    text = client.get(PAGE).text
    assert "Everything works." in text
    assert "1 tried in vain" in text
    assert '<span lang="en" dir="ltr">452 4.2.2 full</span>' in text
    assert "leaves later" not in text
    letter.reason, letter.next_try_at = "no connection to mail.example:587: refused", now
    db.session.commit()
    text = client.get(PAGE).text
    assert "Everything works." not in text
    assert "E-mail does not leave: Digests" in text
    assert text.index("mail.example:587") < text.index("1 worker is at work")


def test_backups_that_stopped(client, administrator, monkeypatch):
    monkeypatch.setitem(client.application.config, "BACKUPS", "/nowhere")
    stopped = "No backup went well for three days"
    started = clock.now() - timedelta(days=22)
    db.session.add(Heartbeat(name="a", at=clock.now(), started_at=started, lanes="direct,notice,bulk,slow"))
    db.session.commit()
    text = client.get(PAGE).text
    for said in (
        stopped,
        "flask backup",
        "No trial of restoring a backup went well for three weeks",
        "flask drill",
    ):
        assert said in text
    for kind in MaintenanceKind:
        records.record(kind, name="x", good=True)
    db.session.commit()
    assert "went well for three" not in client.get(PAGE).text
    with clock.at(clock.now() + timedelta(days=4)):
        text = client.get(PAGE).text
    assert stopped in text
    assert "flask drill" not in text


def test_every_letter_and_all_regular_work_has_a_name():
    assert set(letter_kinds.KINDS) <= set(system.LETTERS)
    assert {work.name for work in calendar.WORKS} <= set(system.WORK)


def test_a_reason_of_our_own_is_in_the_language_of_the_page(client, administrator, stuck):
    stuck(reason="KeyError")
    administrator.locale = "nl"
    db.session.commit()
    text = client.get(PAGE).text
    assert "De mail kon niet gemaakt worden (KeyError)." in text
    assert 'lang="en" dir="ltr">' not in text


def test_no_page_promises_a_letter_while_mail_is_held(client, session):
    pages = {"/accounts/forgot/sent": "is on its way", "/accounts/join/sent": "We sent you"}
    for page, promise in pages.items():
        text = client.get(f"{page}?lang=en", headers={"Accept-Language": "en"}).text
        assert (promise in text, "are held at this moment" in text) == (True, False)
    db.session.add(RestoredCopy(id=1, backup_made_at=clock.now(), restored_at=clock.now()))
    db.session.commit()
    for page, promise in pages.items():
        text = client.get(page, headers={"Accept-Language": "en"}).text
        assert (promise in text, "are held at this moment" in text) == (False, True)


def test_a_letter_is_sent_again_or_let_go_once(client, administrator, stuck):
    failed, unsure, other = stuck(), stuck(MailState.UNCERTAIN), stuck()
    for mail_id in (failed, unsure):
        assert submit(client, f"/admin/mail/{mail_id}/sending").status_code == 303
        assert (mail(mail_id).state, mail(mail_id).attempts) == (MailState.QUEUED, 0)
    assert "is queued again" in client.get(PAGE).text
    assert submit(client, f"/admin/mail/{failed}/sending").status_code == 409
    assert submit(client, f"/admin/mail/{failed}/sending", AWAY).status_code == 409
    assert submit(client, f"/admin/mail/{other}/sending", AWAY).status_code == 303
    assert mail(other).state == MailState.CANCELLED
    for nowhere in (0, 987654, 2**40):
        assert submit(client, f"/admin/mail/{nowhere}/sending").status_code == 404
    late = stuck()
    moment = clock.now()
    db.session.add(RestoredCopy(id=1, backup_made_at=moment, restored_at=moment, released_at=moment))
    db.session.commit()
    answer = submit(client, f"/admin/mail/{late}/sending")
    assert (answer.status_code, "before the forum was restored" in answer.text) == (409, True)
    assert mail(late).state == MailState.FAILED
    db.session.get(RestoredCopy, 1).released_at = None
    assert submit(client, f"/admin/mail/{stuck()}/sending").status_code == 303
    assert "sent again once e-mail is no longer held" in client.get(PAGE).text


def test_it_is_for_administrators_only(client, leen, moderator, stuck):
    failed = stuck()
    assert client.get(PAGE).status_code == 303
    for member in (leen, moderator, make_member("Els", network_role=NetworkRole.EDITOR)):
        sign_in(client, member)
        assert client.get(PAGE).status_code == 403
        for form in ({}, AWAY):
            assert submit(client, f"/admin/mail/{failed}/sending", form).status_code == 403
        assert PAGE not in client.get("/settings/profile").text
    assert mail(failed).state == MailState.FAILED


@pytest.mark.both_databases
def test_more_letters_cost_no_more_queries(client, administrator, stuck, count_queries):
    stuck()
    client.get(PAGE)
    with count_queries() as one:
        client.get(PAGE)
    for _number in range(25):
        stuck()
    with count_queries() as many:
        text = client.get(PAGE).text
    assert many.count == one.count <= 16
    assert "These are the newest 20." in text


def test_every_page_of_an_administrator_says_that_the_forum_was_restored(
    app, client, administrator, leen, count_queries
):
    db.session.commit()
    pages = {"/": 200, PAGE: 200, "/settings/profile": 200, "/nowhere": 404, "/threads/1-gone": 404}

    def queries(browser):
        with count_queries() as seen:
            browser.get("/settings/profile")
        return seen.count

    for path in pages:
        assert RESTORED not in client.get(path).text
    other = app.test_client()
    sign_in(other, leen)
    before = queries(other)
    db.session.add(
        RestoredCopy(id=1, backup_made_at=clock.now() - timedelta(days=2), restored_at=clock.now())
    )
    db.session.commit()
    with count_queries() as seen:
        client.get("/settings/profile")
    assert sum("restored_copy" in statement for statement in seen.statements) == 1
    for path, status in pages.items():
        answer = client.get(path)
        assert (answer.status_code, RESTORED in answer.text, "flask mail release" in answer.text) == (
            status,
            True,
            True,
        )
        assert RESTORED not in other.get(path).text, "for others it is a forum like any"
        assert RESTORED not in app.test_client().get(path).text
    assert submit(client, "/admin/mail/987654/sending").text.count(RESTORED) == 1
    assert queries(other) == before, "and they pay nothing for it"
    hold.release()
    db.session.commit()
    assert RESTORED not in client.get("/").text
