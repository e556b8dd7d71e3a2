"""A refusal never eats words: whoever is refused finds what she typed on the page that says no."""

from forum.infra import clock, rates
from forum.infra.db import db
from tests.factories import make_member, make_space, make_thread, sign_in, submit

WORDS = "Het stond op papier voor we begonnen, en dat hielp."


def test_words_for_a_thread_that_was_closed_meanwhile_stand_on_the_refusal(client):
    space = make_space()
    member = make_member(space=space)
    thread = make_thread(space, member)
    sign_in(client, member)
    assert submit(client, f"/threads/{thread.id}/replies", {"body": WORDS}).status_code == 303
    thread.locked_at = clock.now()
    db.session.commit()
    refused = submit(client, f"/threads/{thread.id}/replies", {"body": WORDS + " En dit ook."})
    assert refused.status_code == 403
    assert "En dit ook." in refused.get_data(as_text=True)


def test_words_that_came_too_often_can_be_sent_again(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    space = make_space()
    member = make_member(space=space)
    thread = make_thread(space, member)
    sign_in(client, member)

    def refuse(*_args, **_limits):
        raise rates.TooOften(30)

    monkeypatch.setattr(rates, "spend", refuse)
    refused = submit(client, f"/threads/{thread.id}/replies", {"body": WORDS, "idempotency_key": "a"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "30"
    assert WORDS in page
    assert f'action="/threads/{thread.id}/replies"' in page
    assert 'name="idempotency_key" value="a"' in page


def test_a_password_never_comes_back(app, client, monkeypatch):
    monkeypatch.setattr(rates, "spend", _too_often)
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    refused = submit(client, "/accounts/sign-in", {"email": "a@b.test", "password": "a very secret sentence"})
    assert "a very secret sentence" not in refused.get_data(as_text=True)


def _too_often(*_args, **_limits):
    raise rates.TooOften(5)
