"""The people of a space: narrowed by name, role and city, and in which other spaces their reader meets them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.people import capacities, found_by
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, NetworkRole
from forum.models.spaces import Membership, Role, SpaceKind
from tests.factories import join, make_member, make_space, sign_in, submit

pytestmark = pytest.mark.both_databases


def read(client, space, query="", status=200):
    answer = client.get(f"/spaces/{space.slug}/members{query}")
    assert answer.status_code == status, answer.text[:300]
    return BeautifulSoup(answer.text, "html.parser")


def names(soup):
    """Whom the list shows, by their first name."""
    cards = soup.select("main [id^=member-]")
    return {card.select_one(".byline").get_text(" ", strip=True).split()[0].strip(",") for card in cards}


def also_in(soup, member):
    return [link.text for link in soup.select(f"#member-{member.id} > .meta a")]


def end(member, space):
    role = select(Membership).where(Membership.member_id == member.id, Membership.space_id == space.id)
    db.session.scalars(role).one().ended_at = clock.now()


@pytest.fixture
def town(client):
    """Leen of Gent looks; around her one person in every standing."""
    gent, leuven = make_space("Gent", city="gent"), make_space("Leuven", city="leuven")
    made = {
        "gent": gent,
        "leuven": leuven,
        "leen": make_member("Leen", space=gent),
        "wouter": make_member("Wouter", space=gent, role=Role.MODERATOR),
        "zoe": make_member("Zoë Ångström", space=gent, city="leuven"),
        "gast": make_member("Gaston", space=gent, role=Role.GUEST, city="leuven"),
        "over": make_member("Overa", city="gent"),
        "new": make_member("Nieuwa", space=gent, approved_at=None),
        "away": make_member("Wegga", space=gent, suspended_at=clock.now()),
        "former": make_member("Vroegera", space=gent),
        "other": make_member("Andera", space=leuven, city="gent"),
    }
    join(made["over"], gent, Role.GUEST).ends_at = clock.now() - timedelta(minutes=1)
    end(made["former"], gent)
    db.session.commit()
    sign_in(client, made["leen"])
    return made


def test_name_role_and_city_narrow_the_list_and_each_other(client, town):
    gent = town["gent"]
    assert names(read(client, gent)) == {"Leen", "Wouter", "Zoë", "Gaston"}
    for query, found in (
        ("?name=angs+ZOE", {"Zoë"}),
        ("?name=wou", {"Wouter"}),
        ("?name=field", set()),
        ("?role=guest", {"Gaston"}),
        ("?role=member", {"Leen", "Zoë"}),
        ("?city=leuven", {"Zoë", "Gaston"}),
        ("?city=leuven&role=guest", {"Gaston"}),
        ("?city=leuven&role=member&name=zo", {"Zoë"}),
        ("?city=gent&name=zo", set()),
        ("?role=queen&city=atlantis&name=", {"Leen", "Wouter", "Zoë", "Gaston"}),
    ):
        assert names(read(client, gent, query)) == found, query


def test_the_form_keeps_what_was_chosen_and_nobody_found_says_so(client, town):
    soup = read(client, town["gent"], "?name=zo&role=member&city=leuven")
    form = soup.select_one("form.find")
    assert form.select_one("[name=name]")["value"] == "zo"
    assert [each["value"] for each in form.select("option[selected]")] == ["member", "leuven"]
    assert form.get("method", "get") == "get"
    assert form.select_one("a")["href"] == f"/spaces/{town['gent'].slug}/members"
    assert "Nobody found in this space" in read(client, town["gent"], "?name=niemand").text
    assert "Show everybody" not in read(client, town["gent"]).text


def test_a_name_that_cannot_be_looked_up_is_refused_at_its_field(client, town):
    for name, said in (
        ("z", "at least two characters"),
        ("z" * 81, "At most 80 are allowed"),
        ("%3F-", "two"),
    ):
        soup = read(client, town["gent"], f"?name={name}&role=guest", status=422)
        assert said in soup.select_one("#find-name-error").text
        assert soup.select_one("#find-role option[selected]")["value"] == "guest"
        assert "Nobody" not in soup.select_one("main").text


def test_no_filter_finds_who_is_pending_suspended_over_former_or_elsewhere(client, town):
    for who in ("leen", "gast", "wouter"):
        sign_in(client, town[who])
        for query in ("?name=overa", "?name=nieuwa", "?name=wegga", "?name=vroegera", "?name=andera"):
            assert names(read(client, town["gent"], query)) == set(), (who, query)
        for query in ("", "?city=gent", "?city=leuven", "?role=guest", "?role=member"):
            found = names(read(client, town["gent"], query))
            assert not found & {"Overa", "Nieuwa", "Wegga", "Vroegera", "Andera"}, (who, query)


def test_whoever_does_not_belong_gets_the_same_answer_with_filters_as_without(client, town):
    secret = make_space("Stil", kind=SpaceKind.GROUP, unlisted=True)
    boss = make_member("Beheer", network_role=NetworkRole.ADMIN)
    db.session.commit()
    for who, status in (("other", 403), ("former", 404), ("over", 404), ("new", 403), ("boss", 403)):
        sign_in(client, town.get(who, boss))
        for query in ("", "?name=leen", "?name=z", "?role=guest&city=leuven"):
            answer = client.get(f"/spaces/{town['gent'].slug}/members{query}")
            assert answer.status_code == status, (who, query)
            assert "Zoë" not in answer.text
            assert client.get(f"/spaces/{secret.slug}/members{query}").status_code == (
                404 if who != "new" else 403
            )
    sign_in(client, town["away"])
    assert "Zoë" not in client.get(f"/spaces/{town['gent'].slug}/members?name=zo", follow_redirects=True).text


def test_a_visitor_is_asked_to_sign_in(app, town):
    answer = app.test_client().get(f"/spaces/{town['gent'].slug}/members?name=zo")
    assert (answer.status_code, "Zoë" in answer.text) == (303, False)


def test_a_city_counts_while_somebody_speaks_for_it_and_nobody_refused_it(client, town):
    leen, today = town["leen"], days.today()
    for city, starts, ends in (
        ("brugge", today, None),
        ("aalst", today - timedelta(9), today - timedelta(1)),
    ):
        capacities.add(
            leen.id,
            function="coach",
            level=Level.STAFF,
            body=Body.OCMW,
            city=city,
            starts_on=starts,
            ends_on=ends,
        )
    db.session.commit()
    assert names(read(client, town["gent"], "?city=brugge")) == {"Leen"}
    assert names(read(client, town["gent"], "?city=gent&role=member")) == {"Leen"}
    assert names(read(client, town["gent"], "?city=aalst")) == set()
    db.session.scalars(select(Capacity).where(Capacity.city == "brugge")).one().refused_at = clock.now()
    db.session.commit()
    assert names(read(client, town["gent"], "?city=brugge")) == set()


def test_pages_keep_the_filters_and_show_everybody_once(client, town):
    for number in range(55):
        make_member(f"Piet Piets {number}", space=town["gent"])
    db.session.commit()
    soup = read(client, town["gent"], "?name=piet&role=member")
    assert len(soup.select("[id^=member-]")) == 50
    more = client.get(soup.select_one(".pager a[rel=next]")["href"])
    rest = BeautifulSoup(more.text, "html.parser")
    ids = {card["id"] for page in (soup, rest) for card in page.select("[id^=member-]")}
    assert (len(rest.select("[id^=member-]")), len(ids)) == (5, 55)
    assert rest.select_one(".pager a[rel=prev]")["href"].endswith("?name=piet&role=member")


def test_a_moderator_stays_where_they_searched(client, town):
    sign_in(client, town["wouter"])
    leen, at = town["leen"], f"/spaces/{town['gent'].slug}/members"
    card = read(client, town["gent"], "?name=leen&role=member").select_one(f"#member-{leen.id}")
    action = next(form["action"] for form in card.select("form") if "/role" in form["action"])
    assert action == f"{at}/{leen.id}/role?name=leen&role=member"
    refused = submit(client, action, {"role": "queen"})
    assert refused.status_code == 422
    assert names(BeautifulSoup(refused.text, "html.parser")) == {"Leen"}
    changed = submit(client, action, {"role": "guest"})
    assert changed.headers["Location"] == f"{at}?name=leen&role=member"


def test_in_a_city_others_are_met_in_the_spaces_of_both_and_nowhere_else(client, town):
    shared, foreign = make_space("Wonen", kind=SpaceKind.GROUP), make_space("Fietsen", kind=SpaceKind.GROUP)
    secret = make_space("Stil", kind=SpaceKind.GROUP, unlisted=True)
    leen, zoe, wouter = town["leen"], town["zoe"], town["wouter"]
    for space in (shared, foreign, secret, town["leuven"]):
        join(zoe, space)
        join(wouter, space, Role.MODERATOR)
    join(leen, shared, Role.GUEST)
    join(town["gast"], shared, Role.GUEST).ends_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    soup = read(client, town["gent"])
    assert (also_in(soup, zoe), also_in(soup, town["gast"])) == (["Wonen"], [])
    assert not any(name in soup.text for name in ("Fietsen", "Stil"))
    sign_in(client, wouter)
    assert also_in(read(client, town["gent"]), zoe) == ["Fietsen", "Leuven", "Stil", "Wonen"]
    sign_in(client, town["gast"])
    assert also_in(read(client, town["gent"]), zoe) == []
    end(zoe, secret)
    end(wouter, foreign)
    db.session.commit()
    sign_in(client, wouter)
    assert also_in(read(client, town["gent"]), zoe) == ["Leuven", "Wonen"]
    assert also_in(read(client, shared), zoe) == [], "it is said of the people of a city"


def test_the_page_takes_eight_queries_however_many_there_are(client, town, count_queries):
    shared = make_space("Wonen", kind=SpaceKind.GROUP)
    join(town["leen"], shared)
    for number in range(40):
        member = make_member(f"Piet {number}", space=town["gent"])
        join(member, shared)
        if number % 2:
            join(member, town["leuven"])
    db.session.commit()
    read(client, town["gent"])
    for query in ("", "?name=piet", "?role=member&city=gent", "?name=pi+pie&role=member&city=gent"):
        with count_queries() as seen:
            soup = read(client, town["gent"], query)
        assert len(soup.select("[id^=member-]")) >= 40, query
        assert seen.count <= 8, (query, seen.count)


def test_a_new_name_is_found_and_the_old_one_no_more(client, town):
    town["leen"].name = "Magda"
    found_by.keep_name(town["leen"])
    db.session.commit()
    assert names(read(client, town["gent"], "?name=magd")) == {"Magda"}
    assert names(read(client, town["gent"], "?name=leen")) == set()
