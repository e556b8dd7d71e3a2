"""An address that only takes a form, opened again by a browser: it leads to the page where its form stands."""

import pytest

from forum.infra.db import db
from forum.models.spaces import Audience
from forum.web.http import reopened
from tests.factories import make_member, make_thread, sign_in, submit


def only_forms(app):
    """The endpoints of every address that takes POST and not GET."""
    rules = list(app.url_map.iter_rules())
    opened = {rule.rule for rule in rules if "GET" in rule.methods}
    return {rule.endpoint: rule for rule in rules if "POST" in rule.methods and rule.rule not in opened}


def test_every_address_that_only_takes_a_form_leads_to_a_page_that_can_be_opened(app):
    rules = only_forms(app)
    assert set(rules) == {*reopened.PAGES, *reopened.FOR_SCRIPTS}
    with app.test_request_context("/"):
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for endpoint, page in reopened.PAGES.items():
            values = {
                name: 7 if f"<int:{name}>" in rules[endpoint].rule else "some-text"
                for name in rules[endpoint].arguments
            }
            there = reopened.address(endpoint, values)
            assert adapter.match(there.partition("?")[0], method="GET")[0] == page, endpoint


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_browser_that_comes_back_to_a_refused_form_finds_it(client, gent, leen, method):
    thread = make_thread(gent, leen)
    sign_in(client, leen)
    assert submit(client, f"/threads/{thread.id}/replies", {"body": " "}).status_code == 422
    for address, there in (
        (f"/threads/{thread.id}/replies", f"/threads/{thread.id}"),
        ("/spaces/gent/threads?draft=3", "/spaces/gent/threads/new"),
        (f"/threads/{thread.id}/summary/versions", f"/threads/{thread.id}/summary/versions/new"),
        ("/spaces/gent/invitations", "/spaces/gent/members"),
    ):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer.location) == (303, there), address
    shown = client.get(f"/threads/{thread.id}/replies", follow_redirects=True)
    assert shown.status_code == 200
    assert 'id="answer"' in shown.text


def test_it_tells_nothing_of_what_its_reader_may_not_see(app, client, gent, leen):
    """The same answer for a thread of a closed space and for one that never was; the page behind it says 404."""
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    outsider = make_member("Jef")
    db.session.commit()
    sign_in(client, outsider)
    for browser in (client, app.test_client()):
        for number in (thread.id, thread.id + 100):
            answer = browser.get(f"/threads/{number}/replies")
            assert (answer.status_code, answer.location) == (303, f"/threads/{number}")
            assert browser.get(answer.location).status_code == 404
        assert browser.get("/spaces/no-such/threads").location == "/spaces/no-such/threads/new"


def test_what_answers_scripts_alone_and_what_is_sent_wrongly_stay_refused(client, leen):
    sign_in(client, leen)
    assert client.get("/previews").status_code == 405
    assert client.put("/spaces/gent/threads").status_code == 405
    assert client.get("/no/such/address").status_code == 404
