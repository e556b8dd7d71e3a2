"""The database goes away between two requests: the page says so and when to come back, and the next one is right."""

import psycopg
import pytest

from forum.infra.db import db
from tests.conftest import POSTGRES
from tests.factories import make_member, make_space, sign_in, submit

pytestmark = pytest.mark.live


def cut(url):
    """End every connection to this database but our own."""
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("signed_in", [False, True], ids=["visitor", "member"])
@pytest.mark.parametrize("path", ["/", "/spaces", "/lessons", "/threads/1-gone", "/no-such-page", "/readyz"])
def test_a_page_says_that_the_database_is_away_and_the_next_one_stands(live_app, signed_in, path):
    if not POSTGRES:
        return
    live_app.config["PROPAGATE_EXCEPTIONS"] = False  # as in use
    client = live_app.test_client()
    with live_app.app_context():
        member = make_member("Noor", space=make_space("Gent"))
        db.session.commit()
        url = db.engine.url
        if signed_in:
            sign_in(client, member)
    before = client.get(path)
    cut(url)
    away = client.get(path)
    # A page that asks the database nothing is there all the same.
    if path == "/no-such-page" and not signed_in:
        assert away.status_code == 404
    else:
        assert away.status_code == 503
        assert path == "/readyz" or away.headers["Retry-After"] == "10"
        assert path == "/readyz" or "<h1" in away.text
    after = client.get(path)
    assert after.status_code == before.status_code
    assert path == "/readyz" or after.status_code < 500


def test_what_was_sent_while_the_database_went_away_is_refused_whole(live_app):
    if not POSTGRES:
        return
    client = live_app.test_client()
    with live_app.app_context():
        member = make_member("Noor", space=make_space("Gent"))
        db.session.commit()
        url, handle = db.engine.url, member.name
        sign_in(client, member)
    profile = {"name": "Noor B.", "locale": "nl", "timezone": "Europe/Brussels", "theme": ""}
    client.get("/settings/profile")
    cut(url)
    refused = submit(client, "/settings/profile", profile)
    assert refused.status_code == 503
    assert handle in client.get("/settings/profile").text
    assert submit(client, "/settings/profile", profile).status_code == 303
    assert "Noor B." in client.get("/settings/profile").text
