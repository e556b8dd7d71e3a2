"""A refusal never eats words: whoever is refused finds what she typed on the page that says no."""

import re

import pytest

from forum.domain.people import capacities
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.accounts import Capacity, NetworkRole
from forum.models.spaces import Audience, Role
from tests.factories import make_member, make_post, make_space, make_thread, sign_in, submit

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


def test_a_refusal_leads_back_to_the_page_before_if_that_is_ours(client):
    space = make_space()
    member = make_member(space=space)
    thread = make_thread(space, make_member("Wim", space=space))
    sign_in(client, member)
    address = f"/posts/{make_post(thread, member).id}/reports/new"
    db.session.commit()
    for before, leads in (
        ("http://localhost/threads?page=1", 'href="/threads?page=1"'),
        (f"http://localhost{address}", None),
        ("https://elsewhere.test/threads", None),
        ("http://localhost.elsewhere.test/threads", None),
        ("http://localhost//elsewhere.test", None),
        (None, None),
    ):
        refused = client.get(address, headers={"Referer": before} if before else {})
        assert refused.status_code == 403
        assert ("To the page before" in refused.text, "elsewhere" in refused.text) == (bool(leads), False)
        assert leads is None or leads in refused.text


def test_who_comes_second_is_led_back_to_the_post_and_nobody_to_what_they_may_not_read(client):
    space = make_space()
    author, boss = make_member("Wim", space=space), make_member("Mo", space=space, role=Role.MODERATOR)
    thread = make_thread(space, author, audience=Audience.SPACE)
    post = make_post(thread, author)
    stranger = make_member("Sien", space=make_space("Elsewhere"))
    db.session.commit()
    sign_in(client, boss)
    sign_in(elsewhere := client.application.test_client(), stranger)
    hiding, typed = f"/posts/{post.id}/hiding", {"reason": "Somebody is named."}
    submit(client, hiding, typed)
    here = {"Referer": f"http://localhost{hiding}"}
    leads = f'href="/threads/{thread.id}-{thread.slug}#post-{post.number}"'
    for refused in (client.get(hiding, headers=here), submit(client, hiding, typed, headers=here)):
        assert (refused.status_code, leads in refused.text) == (403, True)
    assert f"/threads/{thread.id}" not in elsewhere.get(hiding, headers=here).text
    archive = f"/threads/{thread.id}/archive"
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(archive).text)[1]
    submit(client, archive, {"seen": seen})
    there = client.get(archive)
    assert (there.status_code, f'href="/threads/{thread.id}"' in there.text) == (409, True)


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


# A reason in an act of moderation: the form, its method, what the field is called on the page, whether it is needed.
REASONS = {
    "hide a post": ("/posts/{post}/hiding", "POST", "reason", True),
    "close a thread": ("/threads/{thread}/lock", "POST", "lock-reason", False),
    "not confirm": ("/capacities/{held}/refusal", "POST", "why-{held}", True),
    "remove": ("/spaces/{space}/members/{noor}/membership", "DELETE", "reason-{noor}", True),
    "suspend": ("/admin/members/{noor}/suspension", "POST", "reason-{noor}", True),
    "readmit": ("/admin/members/{noor}/suspension", "DELETE", "reason-{noor}", True),
}


@pytest.mark.parametrize("act", REASONS)
def test_a_reason_that_is_missing_or_too_long_is_said_at_its_field_with_what_was_typed(client, app, act):
    gent = make_space("Gent", city="gent")
    noor = make_member("Noor", space=gent)
    thread = make_thread(gent, noor, title="A thread")
    held = capacities.current(noor.id)
    db.session.get_one(Capacity, held.id).confirmed_at = None
    boss = make_member("Wouter", space=gent, role=Role.MODERATOR, network_role=NetworkRole.ADMIN)
    ids = {"post": make_post(thread, noor).id, "thread": thread.id, "held": held.id}
    ids |= {"noor": noor.id, "space": gent.slug}
    path, method, field, needed = (
        part.format(**ids) if isinstance(part, str) else part for part in REASONS[act]
    )
    sign_in(client, boss)
    too_long = "Because " + "o" * 3000
    for typed in [too_long, " "] if needed else [too_long]:
        refused = submit(client, path, {"reason": typed, "_method": method})
        page = refused.get_data(as_text=True)
        (control,) = re.findall(f'<input[^>]* id="{field}"[^>]*>', page)
        assert (refused.status_code, "This could not be done." in page) == (422, False)
        assert re.search(f'aria-describedby="[^"]*{field}-error"', control)
        assert f'id="{field}-error"' in page
        assert page.count('aria-invalid="true"') == 1
        assert typed.strip() in control
        assert all("novalidate" in form for form in re.findall(r'<form[^>]*method="post"[^>]*>', page))
        assert "Noor" in page or "A thread" in page, "it says who or what it is about"
    stranger = app.test_client()
    sign_in(stranger, make_member("Els", space=make_space("Aalst")))
    refused = submit(stranger, path, {"reason": " ", "_method": method})
    assert (refused.status_code in (403, 404), "Noor" in refused.get_data(as_text=True)) == (True, False)
