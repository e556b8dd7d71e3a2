"""The page of a search, the field in the header, and what is said where nothing fits; without a script."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, insert

from forum.domain.indexing import rebuilding
from forum.domain.search import results, suggestions
from forum.infra import clock
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.infra.search_keys.keying import RECIPE
from forum.models.search import SearchProgress
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from tests.factories import join, make_member, make_post, make_space, make_thread, sign_in
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
ENGLISH = {"Accept-Language": "en"}


def page(client, address, status=200):
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "html.parser")


def titles(soup):
    return [each.get_text(strip=True) for each in soup.select("main .card__title")]


@pytest.fixture
def leen(client):
    gent = make_space("Gent", city="gent", slug="gent")
    member = make_member("Leen", space=gent, city="gent")
    thread = make_thread(gent, member, title="De <b>markt</b> & zo", need=Need.FACTS, axis=Axis.DENSITY)
    for number in range(31):
        make_post(thread, member, f"Bericht {number}")
    make_post(thread, member, 'Regen op de <script>alert("markt")</script> wijkmarkt.')
    make_thread(gent, member, title="Binnen", body="De markt binnen", audience=Audience.SPACE, axis=None)
    db.session.commit()
    sign_in(client, member)
    return member


def test_a_passage_leads_to_the_very_post_on_its_page_with_the_word_marked_and_nothing_run(client, leen):
    soup = page(client, "/search?q=wijkmarkt")
    assert titles(soup) == ["De <b>markt</b> & zo"]
    (link,) = soup.select(".hits a")
    address, _mark, anchor = link["href"].partition("#")
    assert anchor == "post-33"
    assert page(client, address).find(id=anchor) is not None
    assert [mark.text for mark in link.select("mark")] == ["wijkmarkt"]
    assert soup.select("main script, main b script") == []
    assert [mark.text for mark in page(client, "/search?q=markt").select(".card__title mark")] == ["markt"]
    assert soup.select_one("meta[name=robots]")["content"] == "noindex"
    assert soup.select_one("#q")["value"] == "wijkmarkt"


def test_each_filter_leads_to_as_many_as_it_says_and_can_be_taken_away(client, leen):
    soup = page(client, "/search?q=markt")
    links = soup.select(".filter-set a")
    assert len(links) >= 5
    for link in links:
        there = page(client, link["href"])
        assert there.select_one("#list").text.split()[0] == link.select_one(".n").text, link["href"]
    typed = page(client, "/search?q=markt+stad:gent+-zon+%22op+de%22")
    (chip, everything) = typed.select(".chosen a")
    assert "Gent" in chip.text
    assert chip["href"] == everything["href"] == "/search?q=markt+%22op+de%22+-zon"
    kept = page(client, "/search?q=markt&city=gent&need=facts").select(
        "form[action='/search'] input[type=hidden]"
    )
    assert {each["name"]: each["value"] for each in kept} == {"city": "gent", "need": "facts"}


def test_how_it_went_stands_on_the_row_of_a_thread_that_says_so(client, leen):
    space = make_space("Aalst")
    join(leen, space)
    make_thread(space, leen, title="Braderie dicht", outcome=Outcome.FAILED)
    make_thread(space, leen, title="Braderie open")
    db.session.commit()
    rows = page(client, "/search?q=braderie&kind=threads").select("main article")
    kickers = {row.select_one(".card__title").text.strip(): row.select_one(".kicker").text for row in rows}
    assert "Did not work" in kickers["Braderie dicht"]
    assert "work" not in kickers["Braderie open"]


def test_filters_are_skipped_by_a_link_and_taken_away_together_by_one(client, leen):
    for address in ("/search?q=markt", "/lessons", "/people?q=leen"):
        soup = page(client, address)
        (skip,) = soup.select("aside > a.filters__skip")
        assert skip.text == "Skip the filters"
        assert soup.find(id=skip["href"].removeprefix("#")) is not None
    for address in ("/search?q=zonnepanelen&city=gent", "/people?q=zonnepanelen&city=gent"):
        without = [
            link for link in page(client, address).select("main a") if link.text == "Clear all filters"
        ]
        assert len(without) == 1, address


def test_the_help_says_of_each_sign_what_it_means(client, leen):
    help_ = page(client, "/search").select_one(".search__help")
    said = {term.text: term.find_next_sibling("dd").text for term in help_.select("dt")}
    assert said["by:stijn"] == "written by whoever signs with this name"
    assert said["before:2026-01"] == "older than this date"


def test_what_cannot_be_looked_for_stands_at_the_field_and_what_was_typed_stays(client, leen):
    for question in (
        "axis:nonsense",
        "-markt",
        "x" * 201,
        "space:nergens",
        "before:ooit",
        "city:gent city:brugge",
    ):
        soup = page(client, f"/search?q={question}", 422)
        field = soup.select_one("#q")
        assert (field["value"], field["aria-invalid"]) == (question, "true")
        assert soup.find(id=field["aria-describedby"]).get_text(strip=True).endswith(".")
        assert titles(soup) == []
    assert page(client, "/search?q=markt&axis=nonsense", 422).select_one("#q-error")
    said = page(client, '/search?q="markt')
    assert said.select_one(".spelled").text == "There is one quotation mark too many. We searched without it."
    assert titles(said)


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?q=***", "?page=x", "?page=999999999999", "?q=markt&page=0",
                                   "?q=markt&page=-1", "?q=%ff%fe", "?q=markt&kind=", "?q='%20OR%201=1--", "?q=NEAR(a",
                                   "?q=a%26b|c!(d:*)", "?q=%22%22", "?q=😀", "?q=AND%20OR%20NOT"])  # fmt: skip
def test_no_address_breaks_it(client, leen, query):
    assert client.get(f"/search{query}").status_code in {200, 422}


def test_nothing_found_says_where_it_looked_and_offers_to_ask_with_the_words_filled_in(app, client, leen):
    soup = page(client, "/search?q=zonnepanelen+school")
    assert soup.select_one(".empty h3").text == "Nothing found for “zonnepanelen school”"
    ask = soup.select_one(".empty a.btn--primary")["href"]
    form = BeautifulSoup(client.get(ask, follow_redirects=True).text, "html.parser")
    assert form.select_one("[name=title]").get("value") or form.select_one("[name=title]").text.strip()
    assert "zonnepanelen school" in str(form.select_one("[name=title]"))
    assert soup.select_one(".empty a.btn--primary").text == "Ask it in Gent"
    others = {link["href"] for link in soup.select(".empty a")}
    assert {"/lessons", "/coverage"} <= others
    assert "Nearest to it" not in soup.text
    some = page(client, "/search?q=markt+zonnepanelen")
    assert some.select_one(".spelled").text == "Nothing has all the words together. This has some of them."
    visitor = page(app.test_client(), "/search?q=zonnepanelen")
    assert visitor.select(".empty a.btn--primary") == []
    assert "everybody may read" in visitor.select_one(".empty").text
    assert {"/lessons", "/coverage", "/accounts/join"} <= {
        link["href"] for link in visitor.select(".empty a")
    }


@pytest.mark.parametrize("typed", ["?", "!!!", '""'])
def test_signs_alone_are_no_question_and_say_so_at_the_field(client, leen, typed):
    soup = page(client, f"/search?q={typed}", status=422)
    assert soup.select_one("#q-error") is not None
    assert soup.select_one("#q")["value"] == typed


def test_beneath_nothing_found_stands_what_has_a_part_of_it_as_far_as_it_may_be_read(app, client, leen):
    for question in ("marktplan", '"markt regen"', "marrkt zwqxyz"):
        soup = page(client, f"/search?q={question}")
        assert soup.select_one("#list").text == "0 results", question
        assert "De <b>markt</b> & zo" in titles(soup), question
        assert "None of these has everything you looked for, only a part of it." in soup.text
    # It falls into no parts, but begins so; signs of accents do not matter.
    assert "De <b>markt</b> & zo" in titles(page(client, "/search?q=marktadaptatieplán"))
    assert titles(page(client, "/search?q=marktplan&kind=people")) == []
    assert titles(page(client, "/search?q=marktplan&city=aalst")) == []
    assert "Nearest to it" not in page(app.test_client(), "/search?q=marktplan").text


def test_a_typing_error_is_said_with_the_way_to_what_was_typed(client, leen):
    soup = page(client, "/search?q=wijkmarrkt")
    said = soup.select_one(".spelled")
    assert said.text.split("\n")[0].startswith(
        "Nothing for “wijkmarrkt”. We searched for “wijkmarkt” instead."
    )
    assert titles(soup)
    assert soup.select_one("#q")["value"] == "wijkmarrkt"
    phrase = page(client, '/search?q="regen+op"+wijkmarrkt').select_one(".spelled").text
    assert phrase.startswith(
        'Nothing for “"regen op" wijkmarrkt”. We searched for “"regen op" wijkmarkt” instead.'
    )
    literal = page(client, said.a["href"])
    assert (titles(literal), literal.select(".spelled")) == ([], [])
    assert all("literally=1" in link["href"] for link in literal.select(".filter-set a"))


def test_who_may_not_read_a_space_gets_the_same_page_whether_it_says_so_or_not(app, leen):
    people = {"visitor": None, "pending": make_member("Piet", approved_at=None)}
    people["guest"] = make_member("Gust")
    join(people["guest"], make_space("Genk", slug="genk", city="genk"), Role.GUEST)
    people["elsewhere"] = make_member("Els", space=make_space("Aalst", slug="aalst", city="aalst"))
    people["suspended"] = make_member("Sus", space=make_space("Hasselt", slug="hasselt"))
    db.session.commit()
    for name, member in people.items():
        client = app.test_client()
        if member is not None:
            sign_in(client, member)
        if name == "suspended":
            member.suspended_at = member.created_at
            db.session.commit()
        closed, absent = (client.get(f"/search?q={word}").text for word in ("binnen", "bxnnen"))
        assert closed.count('class="card"') == absent.count('class="card"') == 0, name


def test_a_claim_is_led_to_by_its_anchor(app, client, session):
    scenario = build()
    lesson = scenario.published()
    db.session.commit()
    sign_in(client, scenario.reader)
    soup = page(client, "/search?q=contact+people")
    (link,) = soup.select(".hits a")
    assert link["href"] == f"/lessons/{lesson.public_id}#c1"
    assert page(client, link["href"].partition("#")[0]).find(id="c1") is not None


def test_the_number_of_a_lesson_leads_to_it_for_who_may_see_it(app, client, session):
    scenario = build()
    lesson = scenario.published()
    db.session.commit()
    address = f"/search?q=%20{lesson.public_id.upper()}"
    assert titles(page(client, address)) == []  # of a visitor
    sign_in(client, scenario.reader)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/lessons/{lesson.public_id}")
    assert titles(page(client, "/search?q=les-2026-1")) == []


def test_the_field_stands_in_the_header_of_every_page_but_this_one(app, client, leen):
    for address in ("/", "/threads", "/lessons", "/settings/profile", "/nowhere"):
        soup = BeautifulSoup(client.get(address).text, "html.parser")
        (form,) = soup.select("header form[role=search]")
        assert form["action"] == "/search"
        assert form.select_one("input[name=q]")["aria-keyshortcuts"] == "/"
        assert soup.select("header a.only-phone[href='/search']")
    assert page(client, "/search?q=x").select("header form") == []
    leen.shortcuts = False
    db.session.commit()
    assert page(client, "/threads").select("[aria-keyshortcuts]") == []
    assert page(client, "/search?q=x").select("[aria-keyshortcuts]") == []
    visitor = page(app.test_client(), "/lessons")
    assert visitor.select("header form[role=search]")
    assert visitor.select("[aria-keyshortcuts]") == []


def test_it_is_limited_as_what_costs_is_and_its_words_are_in_no_log(app, client, leen, caplog, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    statuses = {client.get("/search?q=zwijgwoord").status_code for _each in range(3)}
    assert statuses == {200}
    assert "zwijgwoord" not in caplog.text
    monkeypatch.setattr(results, "MOST_SEARCHES", "1 per minute")
    answers = [client.get("/search?q=markt") for _each in range(2)]
    assert answers[-1].status_code == 429
    assert "Retry-After" in answers[-1].headers


def test_what_is_suggested_is_a_list_of_links_that_no_cache_and_no_search_engine_keeps(app, client, leen):
    answer = client.get("/search/suggest?q=mar", headers=ENGLISH)
    soup = BeautifulSoup(answer.text, "html.parser")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    (option,) = soup.select("[role=listbox] > a[role=option]")
    assert option.get_text(" ", strip=True) == "De <b>markt</b> & zo Thread"
    assert client.get(option["href"]).status_code == 200
    assert soup.select_one("[role=listbox]")["data-said"] == "1 suggestion"
    visitor = app.test_client()
    for address in (
        "/search/suggest?q=mar",
        "/search/suggest?q=",
        "/search/suggest",
        "/search/suggest?q=%22*",
    ):
        assert (visitor.get(address).text.strip(), visitor.get(address).status_code) == ("", 200)
    for path, field in (("/lessons", "header input[name=q]"), ("/search", "#q")):
        assert "data-suggest" in page(client, path).select_one(field).attrs


def test_suggestions_have_a_limit_of_their_own_and_no_log_has_what_was_typed(
    app, client, leen, caplog, monkeypatch
):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(suggestions, "MOST_ASKED", "1 per minute")
    answers = [client.get("/search/suggest?q=zwijgwoord") for _each in range(2)]
    assert [(answer.status_code, answer.text.strip()) for answer in answers] == [(200, ""), (429, "")]
    assert client.get("/search?q=markt").status_code == 200
    assert "zwijgwoord" not in caplog.text


def test_the_whole_page_costs_few_queries(client, leen):
    client.get("/search?q=markt+regen")
    with count_queries() as counted:
        client.get("/search?q=markt+regen")
    assert len(counted.statements) <= 12


def test_while_older_texts_are_prepared_a_page_that_found_nothing_says_so(client, leen, monkeypatch):
    monkeypatch.setattr(rebuilding, "KINDS", ())
    rows = [{"kind": "word", "recipe": RECIPE, "last_id": 0, "finished_at": clock.now()}]
    db.session.execute(delete(SearchProgress))
    db.session.commit()
    assert "Older texts are being prepared" in page(client, "/search?q=zonnepanelen").text
    assert "Older texts" not in page(client, "/search?q=markt").text
    db.session.execute(insert(SearchProgress), rows)
    db.session.commit()
    assert "Older texts" not in page(client, "/search?q=zonnepanelen").text
