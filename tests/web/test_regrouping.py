"""The pages before a thread gets another place: what would happen, confirmed as it was shown or not at all."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.regrouping import answering
from forum.domain.summaries import summaries
from forum.infra.db import db
from forum.models.regrouping import Agreement
from forum.models.spaces import Audience, Role
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit


@pytest.fixture
def genk(moderator):
    space = make_space("Genk", city="genk")
    join(moderator, space)
    return space


def words(answer):
    """What a page says, without its markup."""
    return " ".join(soup(answer).get_text(" ").split())


def soup(answer):
    text = answer if isinstance(answer, str) else answer.get_data(as_text=True)
    return BeautifulSoup(text, "html.parser")


def seen_in(page):
    return re.search(r'name="seen" value="([0-9a-f]+)"', page).group(1)


@pytest.mark.both_databases
def test_a_moderator_sees_what_a_move_does_and_then_does_it(client, gent, leen, moderator, genk):
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, leen, title="Who rings back?")
    make_post(thread, karim)
    db.session.commit()
    at = f"/threads/{thread.id}-{thread.slug}"
    sign_in(client, moderator)
    assert f"/threads/{thread.id}/move" in client.get(at).get_data(as_text=True)
    chosen = client.get(f"/threads/{thread.id}/move?to={genk.slug}&audience=space").get_data(as_text=True)
    assert "2 members can no longer read this" in words(chosen)
    for name in ("Leen", "Karim"):
        assert name in chosen
    assert "Nothing has changed yet" in chosen
    assert client.get(at).status_code == 200
    form = {"space": genk.slug, "audience": "space", "seen": seen_in(chosen), "reason": "It belongs in Genk."}
    without = submit(client, f"/threads/{thread.id}/move", {**form, "reason": ""})
    assert (without.status_code, "Say why" in words(without)) == (422, True)
    make_member("Mia", space=gent)
    db.session.commit()
    late = submit(client, f"/threads/{thread.id}/move", form)
    assert late.status_code == 409
    assert "3 members can no longer read this" in words(late)
    assert "It belongs in Genk." in late.get_data(as_text=True)
    assert thread.space_id == gent.id
    again = {**form, "seen": seen_in(late.get_data(as_text=True))}
    assert submit(client, f"/threads/{thread.id}/move", again).status_code == 303
    assert "You moved this thread here." in words(client.get(at))
    # The old link leads there for who may see it; for others there is nothing.
    sign_in(client, leen)
    assert client.get(at).status_code == 404
    assert submit(client, f"/threads/{thread.id}/move", again).status_code == 404


def test_it_is_offered_to_nobody_who_may_not_and_says_whose_words_others_would_read(
    client, gent, leen, moderator, genk
):
    make_member("Mia", space=genk)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    db.session.commit()
    address = f"/threads/{thread.id}/move?to={genk.slug}"
    sign_in(client, make_member("Ann", space=gent))
    assert client.get(address).status_code == 403
    sign_in(client, make_member("Far", space=genk))
    assert client.get(address).status_code == 404
    sign_in(client, moderator)
    page = client.get(address).get_data(as_text=True)
    assert "You cannot do this alone: 1 member wrote here" in words(page)
    assert 'name="seen"' not in page
    form = {"space": genk.slug, "audience": "space", "seen": "", "reason": "x"}
    assert submit(client, f"/threads/{thread.id}/move", form).status_code in (403, 409)
    assert "Genk" in words(client.get(f"/threads/{thread.id}/move"))
    stil = make_space("Stil", unlisted=True)
    listed = make_space("Aalst")
    db.session.commit()
    assert client.get(f"/threads/{thread.id}/move?to={stil.slug}").status_code == 404
    assert client.get(f"/threads/{thread.id}/move?to={listed.slug}").status_code == 403


def test_fewer_readers_are_confirmed_as_they_were_shown(client, gent, leen, moderator):
    far = make_member("Fatima", space=make_space("Aalst"))
    thread = make_thread(gent, leen)
    db.session.commit()
    sign_in(client, moderator)
    page = client.get(f"/threads/{thread.id}/audience?audience=space").get_data(as_text=True)
    assert "1 member can no longer read this" in words(page)
    assert far.name in page
    join(far, gent, Role.MEMBER)
    db.session.commit()
    address, wish = f"/threads/{thread.id}/audience", {"audience": "space", "reason": "Jan is named."}
    late = submit(client, address, {**wish, "seen": seen_in(page)})
    assert (late.status_code, "The same people can read this" in words(late)) == (409, True)
    assert 'value="Jan is named."' in late.text, "what was typed is kept"
    seen = seen_in(late.text)
    for reason in ("", "x" * 2_000):
        unsaid = submit(client, address, {**wish, "seen": seen, "reason": reason})
        assert (unsaid.status_code, thread.audience) == (422, Audience.NETWORK)
    assert "Say why: the author reads it." in words(
        submit(client, address, {**wish, "seen": seen, "reason": ""})
    )
    assert submit(client, address, {**wish, "seen": seen}).status_code == 303
    assert thread.audience == Audience.SPACE
    mine, log = "/moderation/mine", f"/spaces/{gent.slug}/moderation/log"
    for who, path, reads in ((leen, mine, True), (moderator, log, True), (far, log, False)):
        sign_in(client, who)
        assert ("Jan is named." in client.get(path).text) == reads, "members read the log without its reasons"


def test_authors_are_asked_answer_for_themselves_and_then_it_is_done(client, gent, leen, moderator, genk):
    make_member("Mia", space=genk)
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, leen, title="Who rings back?", audience=Audience.SPACE)
    make_post(thread, karim, "Nobody does.")
    db.session.commit()
    asked, place = f"/threads/{thread.id}/agreements", {"space": genk.slug, "audience": "space"}
    address = f"/threads/{thread.id}/move?to={genk.slug}&audience=space"
    browsers = {who: client.application.test_client() for who in (leen, karim, moderator)}
    for who, browser in browsers.items():
        sign_in(browser, who)
    assert submit(browsers[leen], asked, place).status_code == 403
    assert "Ask 2 authors to agree" in words(browsers[moderator].get(address))
    assert submit(browsers[moderator], asked, place).status_code == 303
    assert "Agreed: 0 of 2." in words(browsers[moderator].get(address))
    assert "Nothing is asked of you now" in words(browsers[moderator].get("/agreements"))
    own = {}
    for who in (leen, karim):
        page = browsers[who].get("/agreements").get_data(as_text=True)
        own[who] = re.search(r'href="(/agreements/\d+)"', page).group(1)
    assert browsers[leen].get(own[karim]).status_code == 404
    assert submit(browsers[leen], own[karim], {"answer": "yes"}).status_code == 404
    page = browsers[karim].get(own[karim]).get_data(as_text=True)
    assert "Nobody does." in words(page)
    assert "move to another space" in words(page) or "move to Genk" in words(page)
    assert submit(browsers[karim], own[karim], {"answer": "maybe"}).status_code == 422
    assert submit(browsers[karim], own[karim], {"answer": "yes", "seen": "0" * 32}).status_code == 409
    for who in (leen, karim):
        seen = seen_in(browsers[who].get(own[who]).get_data(as_text=True))
        assert submit(browsers[who], own[who], {"answer": "yes", "seen": seen}).status_code == 303
    ready = browsers[moderator].get(address).get_data(as_text=True)
    assert "Everybody who wrote here agrees." in words(ready)
    form = {**place, "seen": seen_in(ready), "reason": "It belongs there."}
    assert submit(browsers[moderator], f"/threads/{thread.id}/move", form).status_code == 303
    assert thread.space_id == genk.id
    assert "everybody agreed, and it was done" in words(browsers[karim].get("/agreements"))


def test_a_moderator_asks_before_more_people_read_it_and_takes_that_back(client, gent, leen, moderator):
    make_member("Far", space=make_space("Aalst"))
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    db.session.commit()
    sign_in(client, moderator)
    address = f"/threads/{thread.id}/audience?audience=network"
    page = words(client.get(address))
    assert "1 more member can read this" in page
    assert "Ask 1 author to agree" in page
    assert "Who is told" not in page
    form = {"audience": "network"}
    assert submit(client, f"/threads/{thread.id}/audience", form).status_code == 403
    assert submit(client, f"/threads/{thread.id}/agreements", form).status_code == 303
    assert "Agreed: 0 of 1." in words(client.get(address))
    assert "See how it stands" in words(client.get("/desk?kind=agreements"))
    back = submit(client, f"/threads/{thread.id}/agreements", {"_method": "DELETE"})
    assert back.status_code == 303
    assert "Ask 1 author to agree" in words(client.get(address))
    assert submit(client, f"/threads/{thread.id}/agreements", {"audience": "all"}).status_code == 422


def test_authors_are_asked_before_more_people_may_read_a_thread_though_nobody_new_would(
    client, gent, leen, moderator
):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    db.session.commit()
    sign_in(client, moderator)
    page = client.get(f"/threads/{thread.id}/audience?audience=network")
    assert "The same people can read this" in words(page)
    assert "Ask 1 author to agree" in words(page)
    assert soup(page).select("main form input[name=seen]") == []
    asked = submit(client, f"/threads/{thread.id}/agreements", {"audience": "network"})
    assert asked.status_code == 303
    agreement_id = db.session.scalars(select(Agreement.id)).one()
    seen = answering.digest_of(actor(leen), agreement_id)
    answering.answer(actor(leen), agreement_id, agreed=True, seen=seen)
    db.session.commit()
    page = client.get(f"/threads/{thread.id}/audience?audience=network").get_data(as_text=True)
    form = {"audience": "network", "seen": seen_in(page)}
    assert submit(client, f"/threads/{thread.id}/audience", form).status_code == 303
    assert thread.audience == Audience.NETWORK


def test_a_moderator_who_alone_wrote_in_a_thread_and_said_where_it_stands_lets_more_people_read_it(
    client, gent, moderator
):
    make_member("Mia", space=make_space("Genk", city="genk"))
    thread = make_thread(gent, moderator, audience=Audience.SPACE)
    summaries.save(actor(moderator), thread.id, typed="We wait. [1]", seen=0)
    db.session.commit()
    sign_in(client, moderator)
    page = client.get(f"/threads/{thread.id}/audience?audience=network").get_data(as_text=True)
    form = {"audience": "network", "seen": seen_in(page)}
    assert submit(client, f"/threads/{thread.id}/audience", form).status_code == 303
    assert thread.audience == Audience.NETWORK
