"""The mailbox folder is read as a mail program would, and nothing outside it."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.infra import clock, mailer
from tests.infra.test_mailer import letter

pytestmark = pytest.mark.any_database

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """Three letters that came an hour apart."""
    with mailer.open_mailer(f"mailbox:{tmp_path / 'mail'}") as out:
        for hour in range(3):
            with clock.at(MONDAY + timedelta(hours=hour)):
                out.send(mailer.build(letter(subject=f"Uur {hour} – één", message_id=f"<{hour}@x.example>")))
    return tmp_path / "mail"


def test_the_newest_comes_first(folder):
    kept = mailer.read_mailbox(folder)
    assert [mail.subject for mail in kept] == ["Uur 2 – één", "Uur 1 – één", "Uur 0 – één"]
    assert [mail.subject for mail in mailer.read_mailbox(folder, limit=1)] == ["Uur 2 – één"]


def test_a_letter_is_read_whole(folder):
    mail = mailer.read_mailbox(folder)[0]
    again = mailer.read_one(folder, mail.name)
    assert again is not None
    assert again.text == letter().text
    assert "Dag Zoë" in (again.html or "")
    assert again.recipient == "Zoë Peeters <zoe@x.example>"
    assert again.sender == "Leerkring <noreply@leerkring.example>"
    assert "2026" in again.sent_at
    assert ("Message-ID", "<2@x.example>") in again.headers


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../secret.eml", "/etc/passwd", "a.eml", "..%2fsecret.eml", "x\x00.eml", "secret.eml"],
)
def test_nothing_else_is_read(folder, name):
    (folder.parent / "secret.eml").write_bytes(b"Subject: secret\r\n\r\nx")
    (folder / "secret.eml").write_bytes(b"Subject: secret\r\n\r\nx")
    assert mailer.read_one(folder, name) is None
    assert len(mailer.read_mailbox(folder)) == 3


def test_a_letter_that_is_gone_is_no_letter(folder):
    name = mailer.read_mailbox(folder)[0].name
    (folder / name).unlink()
    assert mailer.read_one(folder, name) is None


def test_a_folder_that_is_not_there_is_empty(tmp_path):
    assert mailer.read_mailbox(tmp_path / "none") == []
