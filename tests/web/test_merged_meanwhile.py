"""Whoever acts on a thread that a colleague just merged reads into which one, with what they typed, if they see it."""

import pytest
from bs4 import BeautifulSoup

from forum.domain.regrouping import merging
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases
WORDS, TITLE = "Typed in an older tab.", "Who rings back?"
FORM = {"body": WORDS, "reason": WORDS, "title": "Other", "numbers": "2", "audience": "space", "seen": "x"}
LEADS_ON = {"threads.short"}


@pytest.fixture
def merged(gent, leen, moderator):
    """A thread for the network, merged into one that only members of its space read."""
    thread = make_thread(gent, leen, title="Calling back")
    into = make_thread(gent, leen, title=TITLE, audience=Audience.SPACE)
    make_post(thread, leen, "It is never done.")
    db.session.commit()
    seen = merging.planned(actor(moderator), thread.id, into.id).digest
    merging.merge(actor(moderator), thread.id, into.id, seen=seen, reason="It tells of somebody.")
    db.session.commit()
    return thread, into


def signed_in(client, member):
    browser = client.application.test_client()
    sign_in(browser, member)
    return browser


def of_threads(app):
    """The addresses of what is done with one thread, and the pages about it."""
    for rule in app.url_map.iter_rules():
        if rule.arguments == {"thread_id"} and rule.endpoint not in LEADS_ON:
            for method in sorted(rule.methods & {"GET", "POST"}):
                yield rule.endpoint, method


def test_every_act_says_into_what_for_who_may_see_it_alone(client, gent, merged):
    thread, into = merged
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    outside = make_member("Mia", space=make_space("Ieper"))
    join(second, make_space("Genk"))
    db.session.commit()
    browsers = {name: signed_in(client, name) for name in (second, outside)}
    acts = list(of_threads(client.application))
    assert len(acts) > 20
    for endpoint, method in acts:
        for member, browser in browsers.items():
            with client.application.test_request_context():
                address = client.application.url_for(endpoint, thread_id=thread.id)
            answer = browser.get(address) if method == "GET" else submit(browser, address, FORM)
            if answer.status_code == 422 and method == "GET":  # it asks for more in its address
                continue
            page = BeautifulSoup(answer.text, "html.parser")
            there = page.select_one(f'main a[href^="/threads/{into.id}-"]')
            told = (there is not None, TITLE in answer.text)
            if member is outside:
                assert (answer.status_code in (403, 404), told) == (True, (False, False)), endpoint
                continue
            assert (endpoint, method, answer.status_code, told) == (endpoint, method, 404, (True, True))
            assert (WORDS in answer.text) == (method == "POST"), endpoint


def test_a_script_is_told_the_same(client, gent, merged):
    thread, _into = merged
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    outside = make_member("Mia", space=make_space("Ieper"))
    db.session.commit()
    for member, says in ((second, True), (outside, False)):
        asks = {"Accept": "application/json"}
        answer = signed_in(client, member).get(f"/threads/{thread.id}/related", headers=asks)
        assert (answer.status_code, TITLE in answer.get_json()["message"]) == (404, says)
