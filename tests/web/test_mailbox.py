"""The demo's mailbox: mail as a client shows it, and nowhere else."""

import pytest

from forum.domain.mailing import events
from forum.infra import mailer
from forum.infra.db import db
from forum.jobs import worker
from tests.factories import make_member


@pytest.fixture
def mailbox(app, tmp_path, monkeypatch):
    """The demo, with one mail in its folder."""
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.config, "SMTP_URL", f"mailbox:{tmp_path / 'mail'}")
    events.record("password.changed", member_id=make_member("Dirk").id)
    db.session.commit()
    worker.run_until_idle()
    return mailer.read_mailbox(tmp_path / "mail")[0]


def test_the_list_and_the_mail(client, mailbox):
    found = client.get("/mailbox").get_data(as_text=True)
    assert f"/mailbox/{mailbox.name}" in found
    assert mailbox.recipient in found
    page = client.get(f"/mailbox/{mailbox.name}").get_data(as_text=True)
    assert f'src="/mailbox/{mailbox.name}/letter"' in page
    assert "sandbox=" in page
    assert "Auto-Submitted" in page
    plain = client.get(f"/mailbox/{mailbox.name}?part=text").get_data(as_text=True)
    assert "<iframe" not in plain
    assert "Hello Dirk" in plain


def test_the_letter_stands_alone_under_a_policy_of_its_own(client, mailbox):
    answer = client.get(f"/mailbox/{mailbox.name}/letter")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-inline" not in client.get("/mailbox").headers["Content-Security-Policy"]
    assert '<base target="_top">' in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["1.eml", "..%2f..%2fsecret", "%2e%2e"])
def test_nothing_else_can_be_read_through_it(client, mailbox, name):
    for path in (f"/mailbox/{name}", f"/mailbox/{name}/letter"):
        assert client.get(path).status_code == 404


def test_an_empty_mailbox_says_so(app, client, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.config, "SMTP_URL", f"mailbox:{tmp_path / 'nothing'}")
    assert "No mail yet" in client.get("/mailbox", headers={"Accept-Language": "en"}).get_data(as_text=True)


def test_it_does_not_exist_outside_the_demo(client):
    assert client.get("/mailbox").status_code == 404
    assert client.get("/mailbox/1.eml").status_code == 404
