"""The map of what there is: each count leads to the list that it counts, an empty place to a question."""

import re
from html import unescape

import pytest
from bs4 import BeautifulSoup

from forum.infra import clock
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.accounts import NetworkRole
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.web import coverage
from tests.factories import make_member, make_post, make_space, make_thread, sign_in
from tests.lesson_scenario import build

LINK = re.compile(
    r'<a href="(/(?:lessons|threads)\?[^"]+)">(?:<b>)?(?:at least )?(\d+) (lesson|open thread|without an answer)'
)
TOTAL = re.compile(r"(\d+) (?:lesson|thread)s?\b")


@pytest.fixture
def scenario(client, session):
    made = build(Audience.PUBLIC)
    made.published(Audience.PUBLIC, by="editor")
    made.published(Audience.NETWORK)
    for audience in Audience:
        make_thread(made.space, made.author, audience=audience, axis=Axis.DENSITY, need=Need.FACTS)
    db.session.commit()
    return made


def page(client, path="/coverage"):
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.both_databases
def test_each_count_is_a_link_to_a_list_of_as_many(client, scenario):
    sums = {}
    for person in (None, scenario.reader, scenario.author):
        if person is not None:
            sign_in(client, person)
        shown = page(client)
        links = LINK.findall(shown)
        for address, number, _kind in links:
            there = page(client, unescape(address))
            listed = re.search(r'id="list">(\d+)|overview__sum">\s*(?:<b>)?(\d+)', there)
            assert int(next(filter(None, listed.groups()))) == int(number), address
        sums[person and person.name] = sum(int(number) for _address, number, _kind in links)
    assert sums == {None: 3, "Rik": 6, "Amina": 8}


def test_an_empty_place_asks_members_for_a_question_with_its_theme_and_need(client, scenario):
    assert "Ask a question" not in page(client)
    assert "nothing yet" in page(client)
    sign_in(client, scenario.author)
    shown = page(client)
    asked = [unescape(one) for one in re.findall(r'<a href="(/threads/new\?[^"]+)">Ask', shown)]
    assert len(asked) == 22
    assert "22 of the 24 places are empty" in shown
    form = client.get(asked[-1], follow_redirects=True).text
    checked = set(re.findall(r'<input checked[^>]*name="(need|axis)"[^>]*value="([\w-]+)"', form)) | set(
        re.findall(r'name="(need|axis)"[^>]*value="([\w-]+)"[^>]*checked', form)
    )
    assert {value for _name, value in checked} == {f"{Axis.SOLIDARITY}", f"{Need.ACTION}"}
    strange = client.get("/threads/new?axis=nonsense&need=%27", follow_redirects=True)
    assert strange.status_code == 200


def test_a_city_is_for_who_belongs_there_and_for_editors(client, scenario):
    make_thread(make_space("Gent", city="gent"), scenario.reader, audience=Audience.PUBLIC, title="Of Gent")
    db.session.commit()
    said = "There is no map of"
    assert said in page(client, "/coverage?city=aalst")
    sign_in(client, scenario.author)
    assert said not in page(client, "/coverage?city=aalst")
    assert re.search(r"In Aalst: \d+ lessons? and \d+ open threads?\.", page(client, "/coverage?city=aalst"))
    for city in ("gent", "nowhere", "%3Cb%3E"):
        shown = page(client, f"/coverage?city={city}")
        assert said in shown
        assert "<b>”" not in shown
    sign_in(client, make_member("Els", network_role=NetworkRole.EDITOR))
    assert said not in page(client, "/coverage?city=gent")


def test_it_is_the_same_as_a_table_and_as_a_picture(client, scenario):
    sign_in(client, scenario.author)
    shown = page(client)
    numbers = re.findall(r'<td class="num">(\d+)', shown)
    assert (len(numbers), sum(map(int, numbers))) == (72, 8)
    # On a phone it would have tiny letters and no way back.
    assert 'class="btn only-wide" href="/coverage.svg"' in shown
    picture = client.get("/coverage.svg", headers={"Accept-Language": "en"})
    assert picture.mimetype == "image/svg+xml"
    assert "2 lessons" in picture.text
    assert "3 open threads" in picture.text
    assert "3 without an answer" in picture.text
    assert "2 lessons" not in client.application.test_client().get("/coverage.svg").text


def test_what_nobody_answered_stands_below_by_its_title_for_who_may_read_it(client, scenario):
    def asked():
        soup = BeautifulSoup(page(client), "html.parser")
        return soup, [link.get_text(strip=True) for link in soup.select(".asked h3 a")]

    threads = [
        make_thread(
            scenario.space, scenario.author, title=f"Unasked {audience}", audience=audience, need=Need.FACTS
        )
        for audience in Audience
    ]
    answered = make_thread(scenario.space, scenario.author, title="Answered", audience=Audience.PUBLIC)
    make_post(answered, scenario.reader)
    answered.answered_at = clock.now()
    db.session.commit()
    soup, titles = asked()
    assert threads[-1].title in titles
    assert not {threads[0].title, threads[1].title, "Answered"} & set(titles)
    there = page(client, soup.select_one("#asked a")["href"])
    assert "Answered" not in there
    assert threads[-1].title in there
    sign_in(client, scenario.author)
    assert len(asked()[1]) == 3


def test_where_nothing_is_there_is_one_sentence(client, session):
    assert "Nobody asked or told anything yet" in page(client)
    assert "<table" not in page(client)


def test_more_than_so_many_are_a_number(client, scenario, monkeypatch):
    sign_in(client, scenario.author)
    monkeypatch.setattr(coverage, "DRAWN", 2)
    shown = page(client)
    assert "+ 1</span>" in shown


def test_the_page_asks_little(client, scenario):
    sign_in(client, scenario.author)
    page(client)
    with count_queries() as counted:
        page(client)
    assert counted.count <= 5  # who it is, their spaces, lessons, threads, what is unread


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/lessons?axis=nonsense", "axis=nonsense"),
        ("/lessons?axis=solidaire-stadspolis&axis=kwalitatieve-densiteit", "axis=kwalitatieve-densiteit"),
        ("/lessons?sort=best&need=x", "sort=best"),
        ("/threads?axis=nonsense", "axis=nonsense"),
        ("/threads?state=mine", "state=mine"),  # to a visitor
        ("/threads?lesson=%3Cb%3E", "lesson=&lt;b&gt;"),
    ],
)
def test_a_filter_that_is_not_known_is_said_so(client, scenario, path, said):
    shown = page(client, path)
    assert "not known here" in shown
    assert said in re.sub("[\u2068\u2069]|</?bdi>", "", shown)


@pytest.mark.parametrize(
    "path",
    [
        "/lessons?axis=solidaire-stadspolis&need=stories&lang=en",
        "/threads?axis=unknown&need=facts&need=stories&lesson=without",
        "/lessons?after=1",
        "/threads?after=x&axis=",
    ],
)
def test_what_is_known_is_taken_without_a_word(client, scenario, path):
    assert "not known here" not in page(client, path)
