"""The token in a form: the same on every page of a session, of use in no other session, and gone with it."""

import re

from tests.factories import make_member, sign_in

SIGN_OUT = "/accounts/sign-out"


def token_of(client):
    page = client.get("/settings/profile").get_data(as_text=True)
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def test_a_token_is_signed_once_for_a_session_and_is_of_use_in_no_other(app, client, session):
    other = app.test_client()
    sign_in(client, make_member("Noor"))
    sign_in(other, make_member("Karim"))
    own, foreign = token_of(client), token_of(other)
    assert own == token_of(client)
    assert own != foreign
    assert client.post(SIGN_OUT, data={"csrf_token": foreign}).status_code == 403
    assert client.get("/settings/profile").status_code == 200
    assert client.post(SIGN_OUT, data={"csrf_token": own}).status_code == 303
    assert client.get("/settings/profile").status_code == 303


def test_whoever_signs_in_next_on_a_device_has_another_token(client, session):
    sign_in(client, make_member("Noor"))
    before = token_of(client)
    client.post(SIGN_OUT, data={"csrf_token": before})
    sign_in(client, make_member("Karim"))
    assert token_of(client) != before
    assert client.post(SIGN_OUT, data={"csrf_token": before}).status_code == 403


def test_a_new_secret_key_makes_new_tokens(app, client, session):
    sign_in(client, make_member("Noor"))
    before = token_of(client)
    old = app.config["SECRET_KEY"]
    app.config.update(SECRET_KEY="b" * 40, SECRET_KEY_FALLBACKS=[old])
    assert token_of(client) != before
