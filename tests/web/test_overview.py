"""The page of all threads: its filters stand in its address and keep each other, and it costs the same however long."""

import base64
import json
import re

import pytest
from bs4 import BeautifulSoup

from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.themes import Need
from forum.models.threads import Post
from tests.factories import make_member, make_post, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases


def page(client, address="/threads"):
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def keyset_cursor(moment, number):
    """Where a page of a list begins, as its address says it (forum/infra/paging.py)."""
    return base64.urlsafe_b64encode(json.dumps(["after", moment, number]).encode()).decode().rstrip("=")


def titles(soup):
    return [each.get_text(strip=True) for each in soup.select("main .card__title")]


@pytest.fixture
def leen(client):
    gent = make_space("Gent", city="gent", slug="gent")
    member = make_member("Leen", space=gent, city="gent")
    other = make_member("Bart", space=make_space("Brugge", city="brugge", slug="brugge"), city="brugge")
    make_thread(gent, member, title="Bomen", need=Need.FACTS)
    answered = make_thread(gent, other, title="Banken", need=Need.STORIES)
    make_post(answered, member)
    make_thread(gent, member, title="Binnen", audience=Audience.SPACE)
    sign_in(client, member)
    return member


def test_filters_keep_each_other_and_are_taken_away_one_by_one(app, client, leen):
    assert titles(page(client)) == ["Binnen", "Banken", "Bomen"]
    assert titles(page(app.test_client())) == []
    both = page(client, "/threads?need=stories&need=facts&state=unanswered")
    assert titles(both) == ["Binnen", "Bomen"]
    chosen = {each.get_text(" ", strip=True): each["href"] for each in both.select(".chosen a")}
    taken = next(href for text, href in chosen.items() if "Facts" in text or "Feiten" in text)
    assert titles(page(client, taken)) == ["Binnen"]
    everything = both.select_one(".chosen__none")["href"]
    assert titles(page(client, everything)) == ["Binnen", "Bomen"]
    assert "state=unanswered" in taken
    link = both.select_one(".filter-set a[href*='space=gent']")
    assert link.select_one(".n").text == "2"
    assert titles(page(client, link["href"])) == ["Binnen", "Bomen"]


def test_what_leaves_nothing_is_no_link_and_an_empty_list_offers_a_way_out(client, leen):
    soup = page(client, "/threads?need=action&state=mine")
    assert titles(soup) == []
    assert re.search("No threads with these filters|Geen gesprekken met deze filters", soup.text)
    assert titles(page(client, soup.select_one(".empty a")["href"])) == ["Binnen", "Banken", "Bomen"]
    none = page(client).select(".filter-set__none")
    assert any("Action" in each.text or "Actie" in each.text for each in none)
    assert not page(client).select(".filter-set a[href*='need=action']")


def test_the_panel_of_filters_stays_open_where_one_was_changed_and_leads_on_to_the_list(client, leen):
    closed = page(client, "/threads?need=stories")
    assert not closed.select_one("details.filters").has_attr("open")
    chosen = closed.select_one(".filter-set a[href*='need=facts']")["href"]
    assert chosen.endswith("#filter-need")
    changed = page(client, chosen)
    assert changed.select_one("details.filters").has_attr("open")
    assert changed.select_one("#filter-need a[aria-current]")
    found = changed.select_one(".filters__found a")
    assert found.get_text(strip=True) in ("Toon 3 gesprekken", "Show 3 threads")
    listed = page(client, found["href"])
    assert not listed.select_one("details.filters").has_attr("open")
    assert len(titles(listed)) == 3
    assert listed.select_one("#list")


def test_an_empty_list_without_filters_says_why_in_words_of_its_own(client, leen):
    submit(client, "/reading")
    for state, said in (
        ("followed", "You follow no thread yet|Je volgt nog geen enkel gesprek"),
        ("unread", "You have read everything|Je las alles"),
    ):
        soup = page(client, f"/threads?state={state}")
        assert titles(soup) == []
        assert re.search(said, soup.text)
        assert not re.search("these filters|deze filters", soup.text)
        assert titles(page(client, soup.select_one(".empty a")["href"])) == ["Binnen", "Banken", "Bomen"]


def test_where_nothing_is_to_be_read_a_visitor_and_a_member_are_told_apart(app, client, leen):
    visitor = page(app.test_client()).select_one(".empty").text
    assert re.search("that everybody may read|die iedereen mag lezen", visitor)
    pending = make_member("Piet", approved_at=None)
    db.session.commit()
    browser = app.test_client()
    sign_in(browser, pending)
    assert re.search("that you may read|die jij mag lezen", page(browser).select_one(".empty").text)


def test_the_tags_of_most_threads_that_the_reader_may_see_are_offered_ten_at_most(app, client, leen):
    genk = make_space("Genk")
    for number in range(12):
        make_thread(genk, leen, tags=("Water", f"Tag {number}"))
    make_thread(genk, leen, tags=("Closed", "Water"), audience=Audience.SPACE)
    make_thread(genk, leen, tags=("Open",), audience=Audience.PUBLIC)
    db.session.commit()
    soup = page(client)
    links = soup.select("#filter-tag a")
    assert len(links) == 10
    assert links[0].get_text(" ", strip=True) == "Water 12"
    chosen = page(client, links[0]["href"])
    assert len(titles(chosen)) == 12
    assert "Water" in chosen.select_one(".chosen a").text
    assert chosen.select_one("#filter-tag a[aria-current]").get_text(" ", strip=True) == "Water 12"
    assert "Closed" not in soup.select_one("#filter-tag").text
    seen = page(app.test_client()).select("#filter-tag a")
    assert [each.get_text(" ", strip=True) for each in seen] == ["Open 1"]


def test_unknown_values_filter_nothing_and_states_of_members_are_not_for_visitors(app, client, leen):
    assert len(titles(page(client, "/threads?need=x&lesson=x&voices=x&state=x&city=x"))) == 3
    visitor = page(app.test_client(), "/threads?state=mine")
    assert not visitor.select(".tabs a[href*='mine']")


def test_beyond_the_oldest_it_says_so_and_leads_back(client, leen):
    make_post(make_thread(make_space("Genk"), leen, title="Bruggen"), leen)
    cursor = keyset_cursor("2020-01-01T00:00:00+00:00", 1)
    end = page(client, f"/threads?after={cursor}")
    assert "There are no older threads" in end.text
    assert titles(page(client, end.select_one(".pager a")["href"]))[-1] == "Bomen"


@pytest.mark.parametrize("kind", ["tag", "space", "city"])
def test_values_by_the_hundred_and_ones_that_no_database_takes_break_nothing(client, leen, kind):
    many = "&".join(f"{kind}={number}" for number in range(1000))
    assert len(client.get(f"/threads?{many}").data) < 100_000
    assert client.get(f"/threads?{kind}=a&{kind}=%00").status_code == 404
    assert client.get("/threads?%00=a").status_code == 404


def test_the_newest_reply_that_stands_is_shown_in_a_few_words(app, client, leen):
    thread = make_thread(make_space("Genk"), leen, title="Bruggen")
    make_post(thread, leen, "Het eerste antwoord, dat er nog staat.")
    gone = make_post(thread, leen, "Het tweede, dat verborgen werd.")
    db.session.commit()
    assert "Het tweede, dat verborgen werd." in page(client).text
    db.session.execute(db.update(Post).where(Post.id == gone.id).values(hidden_at=clock.now()))
    db.session.commit()
    shown = page(client).text
    assert "Het eerste antwoord" in shown
    assert "Het tweede" not in shown
    assert "Het eerste antwoord" not in page(app.test_client()).text, "nothing of it for a visitor"


def test_it_costs_the_same_however_many_there_are(client, leen, count_queries):
    def cost():
        page(client)
        with count_queries() as seen:
            page(client)
        return seen.count

    few = cost()
    hasselt = make_space("Hasselt", city="hasselt")
    for number in range(12):
        make_post(make_thread(hasselt, leen, title=f"More {number}"), leen)
    db.session.commit()
    assert few == cost() <= 10
