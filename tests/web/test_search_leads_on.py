"""Where a search leads to when it finds nothing, a part, or only a place: wider, into a city, to people and spaces."""

import pytest
from bs4 import BeautifulSoup

from forum.domain.people import offers
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.accounts import Level
from forum.models.spaces import Audience, SpaceKind
from tests.domain.search.test_lessons_found import out
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import build
from tests.web.test_search import ENGLISH, page

pytestmark = pytest.mark.both_databases


def heading(soup, name):
    """The section under a heading."""
    return next(
        (part for part in soup.select(".search__part") if part.h2.find(string=True).strip() == name), None
    )


def number(soup):
    return soup.select_one("#list").text.split()[0]


def offered(soup):
    """What is said where nothing was found, and its first choice."""
    box = soup.select_one(".empty")
    return box.select_one(".note").text, box.select_one(".cluster a")


def people(soup):
    part = heading(soup, "People")
    return [row.b.text for row in part.select("li")] if part else []


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent", slug="gent")


@pytest.fixture
def leen(client, gent):
    member = make_member("Leen", space=gent, city="gent")
    for count in range(2):
        make_thread(gent, member, title=f"De markt {count}", body="Regen.")
    db.session.commit()
    sign_in(client, member)
    return member


def test_what_a_filter_hides_is_said_and_the_first_choice_is_the_search_without_it(client, gent, leen):
    make_thread(gent, make_member("Nour"), title="Binnen", body="Markt", audience=Audience.SPACE)
    db.session.commit()
    for address, filters, found in (
        ("/search?q=in:les+markt", "Lessons", 3),
        ("/search?q=markt&kind=lessons", "Lessons", 3),
        ("/search?q=markt&city=aalst", "Aalst", 3),
        ("/search?q=markt+door:niemand", "signed by niemand", 3),
        ("/search?q=marrkt&city=aalst", "Aalst", 3),
        ("/search?q=binnen+before:2001", "before 1 January 2001", 1),
    ):
        soup = page(client, address)
        said, first = offered(soup)
        results = "result" if found == 1 else "results"
        assert said == f"We looked only within: {filters}.", address
        assert first.text == f"Search without filters: {found} {results}", address
        assert number(page(client, first["href"])) == str(found)
        ask = soup.select(".empty a.btn")[1]
        assert ask.text == "Ask it in Gent"
        assert "btn--primary" not in ask["class"]


def test_the_number_without_filters_counts_only_what_the_reader_may_read(app, gent, leen):
    client = app.test_client()
    sign_in(client, make_member("Els", space=make_space("Aalst", slug="aalst", city="aalst")))
    make_thread(gent, leen, title="Braderie", audience=Audience.SPACE)
    make_thread(gent, leen, title="Braderie binnen", audience=Audience.NETWORK)
    db.session.commit()
    _said, first = offered(page(client, "/search?q=braderie&kind=lessons"))
    assert first.text == "Search without filters: 1 result"
    said, first = offered(page(app.test_client(), "/search?q=braderie&city=gent"))
    assert said == "We looked only within: Gent. Without these filters we find nothing either."
    assert first["href"] == "/accounts/join"


def test_without_filters_where_we_searched_is_everything_and_nothing_wider_is_offered(client, leen):
    said, first = offered(page(client, "/search?q=zonnepaneel"))
    assert (said, first.text) == ("We searched everything that you may read.", "Ask it in Gent")
    # A filter alone has no words to search without it; a name can be looked for as a word.
    _said, first = offered(page(client, "/search?q=door:markt"))
    assert (first.text, first["href"]) == ("Search for “markt” as a word", "/search?q=markt")
    assert "Ask it" not in page(client, "/search?q=door:niemand").select_one(".empty").text


def test_it_costs_at_most_what_the_search_without_filters_costs(client, leen):
    for address in ("/search?q=markt+regen", "/search?q=markt+regen&city=aalst", "/search?q=hagel+wind"):
        client.get(address)
    with count_queries() as plain:
        client.get("/search?q=markt+regen")
    with count_queries() as nothing:
        client.get("/search?q=hagel+wind")
    with count_queries() as narrowed:
        client.get("/search?q=markt+regen&city=aalst")
    with count_queries() as counted:
        client.get("/search?q=markt+regen&kind=lessons")
    assert len(narrowed.statements) <= len(nothing.statements) + len(plain.statements)
    assert len(counted.statements) < len(narrowed.statements), "kinds are counted already"


def test_a_city_among_the_words_leads_to_the_others_with_the_city_as_filter(client, leen):
    for typed, text, found in (
        ("gent", "Show all that comes from Gent", "2"),
        ("Ghent", "Show all that comes from Gent", "2"),
        ("gent markt", "Search for “markt” in Gent", "2"),
        ("markt kortrijk", "Search for “markt” in Kortrijk", "0"),
        ("sint niklaas markt -zon", "Search for “markt -zon” in Sint-Niklaas", "0"),
    ):
        soup = page(client, f"/search?q={typed}")
        (link,) = soup.select("p a.search__all[href*=city]")
        assert link.text == text
        there = page(client, link["href"])
        assert number(there) == found, typed
        assert there.select("p a.search__all[href*=city]") == [], "the city is chosen now"
    for typed in ('"gent markt"', "markt", "markt -gent", "markt city:gent", "gent in:space"):
        assert page(client, f"/search?q={typed}").select("p a.search__all[href*=city]") == [], typed


def test_the_city_of_a_masked_lesson_is_not_told_by_that_link(client, session):
    scenario = build(Audience.SPACE)
    out(scenario, title="Taalstage met een collega")
    db.session.commit()
    sign_in(client, scenario.reader)
    city = scenario.space.city
    (link,) = page(client, f"/search?q=taalstage+{city}").select("p a.search__all[href*=city]")
    assert number(page(client, "/search?q=taalstage")) == "1"
    there = page(client, link["href"])
    assert number(there) == "0"
    assert offered(there)[1].text == "Search without filters: 1 result"
    open_one = build()
    out(open_one, title="Taalstage in de groendienst")
    db.session.commit()
    assert number(page(client, link["href"])) == "1", "of who is not masked"


def test_people_are_found_by_name_and_city_beside_texts_with_a_part(client, gent, leen):
    aalst = make_space("Aalst", slug="aalst", city="aalst")
    sofie = make_member("Sofie", space=aalst, city="aalst")
    make_member("Sofie Elders", space=gent, city="gent")
    offers.save(actor(sofie), asks=["Parkeren"], tag_line="", axes=[], seeks="")
    make_thread(aalst, sofie, title="Parkeren", audience=Audience.NETWORK)
    make_thread(aalst, make_member("Piet", approved_at=None, city="aalst"), title="Wachten")
    db.session.commit()
    soup = page(client, "/search?q=sofie+aalst")
    assert people(soup) == ["Sofie"]
    for link in soup.select(".filter-set a"):
        assert number(page(client, link["href"])) == link.select_one(".n").text, link["href"]
    assert people(page(client, "/search?q=sofie+aalst&city=aalst")) == ["Sofie"]
    assert people(page(client, "/search?q=sofie+aalst&city=gent")) == []
    assert people(page(client, "/search?q=piet+aalst")) == []
    assert people(page(client, "/search?q=aalst")) == [], "nobody is found by their city alone"
    parted = page(client, "/search?q=aalst+parkeren")
    assert people(parted) == ["Sofie"]
    assert [row.text.strip() for row in parted.select("main .card__title")] == ["Parkeren"]
    assert "No lesson or thread has all the words together." in parted.select_one(".spelled").text
    for link in parted.select(".filter-set a"):
        assert number(page(client, link["href"])) == link.select_one(".n").text, link["href"]
    visitor = page(client.application.test_client(), "/search?q=sofie+aalst")
    assert "Sofie" not in visitor.select_one("main").text


def test_names_of_people_are_forgiven_a_typing_error_as_far_as_the_reader_finds_them(client, gent, leen):
    make_member("Stijn", space=make_space("Kortrijk", slug="kortrijk", city="kortrijk"), city="kortrijk")
    make_member("Wannes", space=gent, approved_at=None)
    db.session.commit()
    soup = page(client, "/search?q=stijjn")
    assert people(soup) == ["Stijn"]
    assert soup.select_one(".spelled").text.startswith(
        "Nothing for “stijjn”. We searched for “stijn” instead."
    )
    assert people(page(client, "/search?q=stijjn+kortrijk")) == ["Stijn"]
    assert people(page(client, soup.select_one(".spelled a")["href"])) == []
    assert people(page(client, "/search?q=wanes")) == []
    visitor = page(client.application.test_client(), "/search?q=stijjn")
    assert visitor.select(".spelled") == []


def test_people_are_found_by_another_form_of_a_word_here_and_in_the_directory(client, gent, leen):
    sara = make_member("Sara", space=gent)
    offers.save(actor(sara), asks=["Een schoolstraat en een boom"], tag_line="", axes=[], seeks="")
    db.session.commit()
    for typed in ("school", "scholen", "bomen"):
        assert people(page(client, f"/search?q={typed}")) == ["Sara"], typed
    assert page(client, "/search?q=scholen").select(".spelled") == []
    offers.save(
        actor(make_member("Mo", space=gent)), asks=["De manager zonder meer"], tag_line="", axes=[], seeks=""
    )
    db.session.commit()
    for typed in ("mannen", "zonen", "scholen xyz"):
        assert people(page(client, f"/search?q={typed}")) == [], typed
    soup = page(client, "/people?q=scholen")
    assert soup.select_one(".spelled").text.startswith(
        "Nobody for “scholen”. We searched for “school” instead."
    )
    visitor = page(client.application.test_client(), "/search?q=scholen")
    assert "Sara" not in visitor.select_one("main").text


def test_spaces_are_found_by_any_form_and_lead_into_their_threads(client, leen):
    digital = make_space("Digitale dienstverlening", kind=SpaceKind.GROUP, slug="digitaal")
    make_space("Geheime steden", kind=SpaceKind.GROUP, slug="geheim", unlisted=True)
    open_cities = make_space("Steden en buurten", kind=SpaceKind.GROUP, slug="steden")
    db.session.commit()
    for typed, space in (("digitaal", digital), ("stad", open_cities), ("buurt stad", open_cities)):
        row = heading(page(client, f"/search?q={typed}"), "Spaces")
        assert [link["href"] for link in row.select("li a")] == [
            f"/spaces/{space.slug}",
            f"/threads?space={space.slug}",
        ]
    assert heading(page(client, "/search?q=stad+digitaal"), "Spaces") is None


def test_other_posts_of_a_thread_are_a_link_to_the_first_of_them(client, gent, leen):
    thread = make_thread(gent, leen, title="Iets", body="Braderie")
    for _each in range(4):
        make_post(thread, leen, "Nog een braderie.")
    db.session.commit()
    soup = page(client, "/search?q=braderie")
    (link,) = soup.select(".card__foot a")
    assert link.text == "and in 2 other posts"
    assert link["href"] == f"/threads/{thread.id}-{thread.slug}#post-4"


def test_a_name_before_a_colon_that_is_no_filter_is_said_to_be_a_word(client, leen):
    soup = page(client, "/search?q=zoek:markt")
    assert soup.select_one(".spelled").text == "“zoek:” is not a filter, so we searched for it as a word."
    for typed in ("https://markt.be", "markt", "12:30", '"zoek: markt"'):
        assert "not a filter" not in page(client, f"/search?q={typed}").text, typed


def test_asking_opens_the_page_of_a_question_with_the_words_also_when_it_comes_back(client, leen):
    ask = page(client, "/search?q=zonnepaneel").select_one(".empty a.btn--primary")["href"]
    soup = page(client, ask)
    assert soup.h1.text == "Ask a question"
    assert soup.select_one("[name=title]")["value"] == "zonnepaneel"
    assert soup.select_one("label[for=body]").text.strip() == "Your question"
    form = soup.select_one("form.composer")
    assert form.select_one(".sendbar .btn--primary").text == "Post your question"
    back = BeautifulSoup(submit(client, form["action"], headers=ENGLISH).text, "html.parser")
    assert back.h1.text == "Ask a question"
    story = page(client, "/spaces/gent/threads/new")
    assert (story.h1.text, story.select_one("label[for=body]").text.strip()) == (
        "Share a story",
        "Your story",
    )


def test_found_by_what_they_wrote_is_what_a_screen_reader_hears(client, gent, leen):
    make_thread(gent, make_member("Nour", space=gent, level=Level.STAFF), title="Bomen", body="Bomen!")
    db.session.commit()
    assert page(client, "/people?q=bomen").select_one("#list").text == "Found by what they wrote"
    assert page(client, "/people?q=zzzz").select_one("#list").text == "Nobody found"
