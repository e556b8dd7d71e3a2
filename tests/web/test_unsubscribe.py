"""Stopping the letters from a link: by pressing, never by looking, without signing in, for good."""

from datetime import timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.domain.people import mail_links
from forum.infra import clock
from forum.infra.db import db
from forum.models.subscriptions import Frequency
from tests.factories import actor, make_member, make_space


@pytest.fixture
def reader():
    """A member with a weekly digest."""
    member = make_member("Dirk", space=make_space())
    subscriptions.choose(actor(member), frequency=Frequency.WEEKLY)
    db.session.commit()
    return member


def path(member):
    return f"/unsubscribe/{mail_links.unsubscribe_token(member.id)}"


def frequency(member):
    db.session.expire_all()
    return subscriptions.choice_of(member.id).frequency


def test_looking_changes_nothing(client, reader):
    for method in (client.get, client.head):
        assert method(path(reader)).status_code == 200
    assert frequency(reader) == Frequency.WEEKLY


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_mail_client_stops_it_at_once_and_may_repeat_itself(client, reader, kind):
    for _time in range(2):
        answer = client.post(path(reader), data={"List-Unsubscribe": "One-Click"}, content_type=kind)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers or "_user_id" not in answer.headers["Set-Cookie"]
    assert frequency(reader) == Frequency.NEVER


def test_the_page_says_what_stops_and_where_to_choose_otherwise(client, reader):
    address = path(reader)
    page = client.get(address, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert f'action="{address}"' in page
    assert 'href="/settings/digest"' in page
    assert reader.email not in page
    client.post(address)
    again = client.get(address, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "unsubscribed already" in again


def test_the_link_of_an_old_letter_still_works_after_the_key_was_changed(app, client, reader, monkeypatch):
    with clock.at(clock.now() - timedelta(days=800)):
        old = path(reader)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-" + "y" * 32)
    assert client.post(old).status_code == 200
    assert frequency(reader) == Frequency.NEVER


@pytest.mark.parametrize("token", ["nonsense", "reset"])
def test_any_other_token_is_refused(client, reader, token):
    if token == "reset":
        token = mail_links.reset_token(reader)
    assert client.get(f"/unsubscribe/{token}").status_code == 404
    assert client.post(f"/unsubscribe/{token}").status_code == 404
    assert frequency(reader) == Frequency.WEEKLY


def test_only_this_address_goes_without_a_token_of_the_session(app):
    exempt = app.extensions["csrf"]._exempt_views
    assert exempt == {"forum.web.unsubscribe.stop"}
