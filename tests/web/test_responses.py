"""Responses to a story on its page: pressed, taken back, said in words, hidden; what others read of them."""

import re

import pytest
from sqlalchemy import select

from forum.domain.responses import responses
from forum.infra.db import db
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.spaces import Audience, Role
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit
from tests.notices import react, told


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen)


def at(thread):
    return f"/threads/{thread.id}-{thread.slug}"


def section(client, address):
    """What the page says of responses, without marks."""
    html = client.get(address, headers={"Accept-Language": "en"}).get_data(as_text=True)
    found = re.search(r'<section class="echoes.*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else ""


def press(client, thread, **fields):
    return submit(client, f"/threads/{thread.id}/responses", fields)


@pytest.mark.both_databases
def test_a_reader_presses_says_a_sentence_and_takes_it_back(client, karim, thread):
    sign_in(client, karim)
    db.session.commit()
    assert "Do you recognise this? With us too With us it is different We applied this" in section(
        client, at(thread)
    )
    answer = press(client, thread, kind="also")
    assert (answer.status_code, answer.location) == (303, f"{at(thread)}#responses")
    shown = section(client, at(thread))
    assert "With us too 1 person Genk" in shown
    assert "Add one sentence" in shown
    assert press(client, thread, kind="also").status_code == 303, "pressed twice in a hurry it stays"
    assert press(client, thread, kind="also", sentence="Bij ons ook.").status_code == 303
    shown = section(client, at(thread))
    assert "Bij ons ook. Karim field worker" in shown
    assert "Add one sentence" not in shown
    assert press(client, thread, _method="DELETE", kind="also").status_code == 303
    assert "Bij ons ook." not in section(client, at(thread))
    assert db.session.scalars(select(ThreadResponse)).all() == []


def test_what_is_too_long_is_said_at_the_field_and_kept(client, karim, thread):
    sign_in(client, karim)
    db.session.commit()
    long = "woord " * 50
    answer = press(client, thread, kind="different", sentence=long)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert long.strip() in page
    assert re.search(r'id="sentence"[^>]*aria-invalid="true"', page)
    assert "Your text has 299 characters. At most 200 are allowed." in page
    assert press(client, thread, kind="nothing").status_code == 422
    assert db.session.scalars(select(ThreadResponse)).all() == []
    assert press(client, thread, kind="different", sentence="Kort.").status_code == 303


def test_each_reader_sees_what_they_may_do(client, gent, leen, moderator, karim):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC)
    pending = make_member("Pending", approved_at=None)
    suspended = make_member("Suspended", space=gent)
    db.session.commit()
    assert section(client, at(thread)) == "", "nothing where a visitor finds nothing"
    responses.respond(actor(karim), thread.id, kind=ResponseKind.APPLIED, sentence="Wij ook.")
    suspended.suspended_at = karim.created_at
    db.session.commit()
    said = "Who recognises this? We applied this 1 person Genk Wij ook. Karim field worker"
    for member in (None, leen, pending):
        browser = client.application.test_client()
        if member is not None:
            sign_in(browser, member)
        assert section(browser, at(thread)).startswith(said), member
        answer = submit(browser, f"/threads/{thread.id}/responses", {"kind": "also"})
        assert answer.status_code == 403
        assert browser.get(f"/threads/{thread.id}/responses").status_code == 200
    sign_in(client, suspended)
    assert section(client, at(thread)).startswith(said), "as a visitor"
    sign_in(client, moderator)
    assert "Read 1 sentence" in section(client, at(thread))
    assert db.session.scalars(select(ThreadResponse.member_id)).all() == [karim.id]


def test_outside_its_readers_there_is_nothing(client, gent, leen, karim):
    closed = make_thread(gent, leen, audience=Audience.SPACE)
    said = responses.respond(
        actor(make_member("Ann", space=gent)), closed.id, kind=ResponseKind.ALSO, sentence="Ook."
    )
    moderator = make_member("Wout", space=make_space("Aalst"), role=Role.MODERATOR)
    for member in (karim, moderator):
        sign_in(client, member)
        db.session.commit()
        for fields in ({"kind": "also"}, {"_method": "DELETE"}):
            assert press(client, closed, **fields).status_code == 404
        assert client.get(f"/threads/{closed.id}/responses").status_code == 404
        assert client.get(f"/responses/{said.id}/hiding").status_code == 404
        for fields in ({"reason": "No."}, {"_method": "DELETE"}):
            assert submit(client, f"/responses/{said.id}/hiding", fields).status_code == 404


def test_a_moderator_hides_a_sentence_with_a_reason_and_shows_it_again(
    client, gent, moderator, karim, thread
):
    said = responses.respond(actor(karim), thread.id, kind=ResponseKind.ALSO, sentence="Mevrouw De Wit ook.")
    sign_in(client, moderator)
    db.session.commit()
    sentences = f"/threads/{thread.id}/responses"
    assert f"/responses/{said.id}/hiding" in client.get(sentences).get_data(as_text=True)
    assert "Mevrouw De Wit ook." in client.get(f"/responses/{said.id}/hiding").get_data(as_text=True)
    assert submit(client, f"/responses/{said.id}/hiding", {"reason": ""}).status_code == 422
    assert submit(client, f"/responses/{said.id}/hiding", {"reason": "Names a client."}).location == sentences
    assert "Mevrouw De Wit" not in section(client, at(thread))
    assert "Hidden: Names a client." in client.get(sentences).get_data(as_text=True)
    log = client.get(f"/spaces/{gent.slug}/moderation/log").get_data(as_text=True)
    assert "Wouter hid the sentence of Karim with “Who rings back?”." in " ".join(log.split())
    reader = client.application.test_client()
    sign_in(reader, karim)
    assert "A moderator hid your sentence: Names a client." in section(reader, at(thread))
    assert submit(client, f"/responses/{said.id}/hiding", {"_method": "DELETE"}).status_code == 303
    assert "Mevrouw De Wit ook." in section(reader, at(thread))
    assert submit(client, f"/responses/{said.id}/hiding", {"_method": "DELETE"}).status_code == 409


def test_a_city_that_only_recognises_the_story_is_a_hollow_dot_and_said_in_words(client, leen, karim, thread):
    sign_in(client, leen)
    db.session.commit()
    assert "ring__also" not in client.get(at(thread)).get_data(as_text=True)
    responses.respond(actor(karim), thread.id, kind=ResponseKind.ALSO)
    db.session.commit()
    page = client.get(at(thread)).get_data(as_text=True)
    assert (
        page.count('class="ring__also"') == 2
    )  # the ring beside the thread, and on a phone the one under its title
    assert page.count("Genk recognises this") == 2
    assert "1 city recognises this." in page
    responses.respond(actor(karim), thread.id, kind=ResponseKind.DIFFERENT)
    db.session.commit()
    assert "ring__also" not in client.get(at(thread)).get_data(as_text=True)


def test_they_cost_the_page_one_query_and_none_where_there_are_none(
    client, gent, leen, karim, thread, count_queries
):
    sign_in(client, karim)
    db.session.commit()
    page, sentences = at(thread), f"/threads/{thread.id}/responses"
    client.get(page)
    with count_queries() as none:
        client.get(page)
    for number in range(30):
        member = make_member(f"Ann {number}", space=gent)
        responses.respond(actor(member), thread.id, kind=ResponseKind.ALSO, sentence=f"Ook {number}.")
    db.session.commit()
    client.get(page)
    with count_queries() as many:
        client.get(page)
    assert many.count == none.count + 1
    assert "Read all 30 sentences" in section(client, page)
    first = client.get(sentences).get_data(as_text=True)
    older = re.search(r'href="([^"]+)" rel="next"', first).group(1)
    assert "Ook 29." in first
    assert "Ook 0." in client.get(older).get_data(as_text=True)


def test_the_notice_leads_its_author_to_them_and_reading_the_thread_reads_it(client, leen, karim, thread):
    responses.respond(actor(karim), thread.id, kind=ResponseKind.ALSO)
    react()
    sign_in(client, leen)
    db.session.commit()
    notices = client.get("/notifications").get_data(as_text=True)
    assert "Short responses to your story" in notices
    assert f'href="{at(thread)}#responses"' in notices
    assert told() == [("Leen", "responded")]
    client.get(at(thread))
    assert "Short responses" not in client.get("/notifications?show=unread").get_data(as_text=True)


def test_a_hidden_story_hides_its_responses(client, leen, karim, thread):
    responses.respond(actor(karim), thread.id, kind=ResponseKind.ALSO, sentence="Ook.")
    thread.hidden_at = leen.created_at
    sign_in(client, leen)
    db.session.commit()
    assert section(client, at(thread)) == ""
    assert client.get(f"/threads/{thread.id}/responses").status_code == 404
