"""The field above the library: what it finds among the lessons, within the filters that hold, without a script."""

import pytest
from bs4 import BeautifulSoup

from forum.infra.db import db
from forum.models.spaces import Audience
from tests.factories import make_thread, sign_in
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
ENGLISH = {"Accept-Language": "en"}


def page(client, address, status=200):
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == status
    assert answer.headers["X-Robots-Tag"] == "noindex"
    return BeautifulSoup(answer.text, "html.parser")


def hidden(soup):
    return {each["name"]: each["value"] for each in soup.select("main form [type=hidden]")}


def found(soup):
    return [link["href"] for link in soup.select(".card__title a")]


def test_the_library_is_searched_within_its_filters_and_keeps_them(app, client, session):
    scenario = build()
    lesson = scenario.published()
    make_thread(scenario.space, scenario.author, title="Talking in the roster")
    db.session.commit()
    sign_in(client, scenario.reader)
    for narrowed, number in (
        ("need=stories", 1),
        ("confidence=fair", 1),
        ("confidence=high", 0),
        ("applied=gent", 0),
    ):
        soup = page(client, f"/lessons?q=roster&{narrowed}")
        assert found(soup) == [f"/lessons/{lesson.public_id}"] * number, narrowed
        assert soup.select_one("#q")["value"] == "roster"
        assert "&".join(f"{name}={value}" for name, value in hidden(soup).items()) == narrowed
        assert soup.select_one(".chosen a")["href"] == "/lessons?q=roster"
    assert [mark.text for mark in page(client, "/lessons?q=rosters").select(".card__title mark")] == [
        "roster"
    ]
    orders = {
        link.get_text(): link["href"] for link in page(client, "/lessons?q=roster").select("#filter-sort a")
    }
    assert orders["Best match first"] == "/lessons?q=roster#list"
    assert orders["Most certain first"] == "/lessons?q=roster&sort=certain#list"
    visitor = app.test_client()
    assert found(page(visitor, "/lessons?q=roster")) == []


def test_where_no_lesson_has_the_words_the_page_says_where_it_looked_and_leads_on(client, session):
    scenario = build(Audience.PUBLIC)
    scenario.published(Audience.PUBLIC, by="editor")
    make_thread(scenario.space, scenario.author, title="Solar panels", audience=Audience.PUBLIC)
    db.session.commit()
    soup = page(client, "/lessons?q=panels")
    assert "No lesson has “panels”" in soup.get_text()
    (everywhere,) = soup.select(".empty a.btn--primary")
    assert everywhere["href"] == "/search?q=panels"
    assert len(found(page(client, everywhere["href"]))) == 1
    assert "nothing more on this page" in page(client, "/lessons?q=roster&page=9").get_text()
    narrowed = page(client, "/lessons?q=roster&outcome=failed")
    assert "among the lessons with these filters" in narrowed.get_text()
    (without,) = narrowed.select(".empty a.btn--primary")
    assert len(found(page(client, without["href"]))) == 1


def test_what_cannot_be_looked_for_is_said_at_the_field_and_stays_in_it(client, session):
    scenario = build(Audience.PUBLIC)
    scenario.published(Audience.PUBLIC, by="editor")
    db.session.commit()
    for typed, said in (
        ("???", "no word here"),
        ("-roster", "Type a word as well"),
        ("r" * 201, "201 characters"),
    ):
        soup = page(client, f"/lessons?q={typed}", 422)
        field = soup.select_one("#q")
        assert (field["value"], field["aria-invalid"]) == (typed, "true")
        assert said in soup.select_one("#q-error").get_text()
        assert len(found(soup)) == 1
    strange = page(client, "/lessons?q=roster&confidence=sure")
    assert "confidence=sure" in strange.get_text()
    assert len(found(strange)) == 1


def test_a_filter_among_the_words_leads_to_the_search_of_everything(client, session):
    answer = client.get("/lessons?q=roster+city:gent&need=stories")
    assert (answer.status_code, answer.headers["Location"]) == (
        303, "/search?q=roster+city:gent&kind=lessons&need=stories",
    )  # fmt: skip
