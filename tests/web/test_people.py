"""Mensen and the page of a member: found by what they offer, do and are called, each only by whom the rule allows."""

from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.people import accounts, capacities, found_by, offers, profiles
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member
from forum.models.profiles import MemberWord, Profile
from forum.models.spaces import Audience, Membership, Role
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.web_pages import without_token

pytestmark = pytest.mark.both_databases


def read(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:300]
    return BeautifulSoup(answer.text, "html.parser")


def names(soup):
    return [each.get_text(strip=True) for each in soup.select("main .person__name")]


def alone(href, before):
    """The address of a filter, without what was chosen of its kind before: values of one kind add to each other."""
    chosen, known = parse_qsl(urlsplit(href).query), parse_qsl(urlsplit(before).query)
    kind = next(kind for kind, value in chosen if (kind, value) not in known)
    return "/people?" + urlencode([one for one in chosen if one[0] != kind or one not in known])


def say(member, *asks, tags="", axes=(), seeks=""):
    offers.save(actor(member), asks=asks, tag_line=tags, axes=axes, seeks=seeks)


@pytest.fixture
def town(client):
    """Leen of Gent looks round; Annelies of Leuven offers something; a guest, and who is out, are there as well."""
    gent, leuven = make_space("Gent", city="gent"), make_space("Leuven", city="leuven")
    made = {
        "leen": make_member("Leen", space=gent),
        "annelies": make_member("Annelies", space=leuven),
        "zoe": make_member("Zoë Ångström", space=leuven, level=Level.STAFF, body=Body.OCMW),
        "gast": make_member("Gaston", space=gent, role=Role.GUEST, city="leuven"),
        "away": make_member("Wegga", space=leuven, suspended_at=clock.now()),
        "new": make_member("Nieuwa", space=leuven, approved_at=None),
        "former": make_member("Vroegera", space=leuven),
        "gent": gent,
        "leuven": leuven,
    }
    db.session.scalars(
        select(Membership).where(Membership.member_id == made["former"].id)
    ).one().ended_at = clock.now()
    say(made["annelies"], "Meegaan bij een eerste bezoek", "Aannemers", tags="Renovatie, energie-armoede",
        axes=["kwalitatieve-densiteit"], seeks="Een stad die telt")  # fmt: skip
    db.session.commit()
    sign_in(client, made["leen"])
    return made


def test_who_offers_it_is_first_then_who_is_called_so_without_accents_and_capitals(client, town):
    say(town["zoe"], "Alles over leen en lenen")
    db.session.commit()
    assert names(read(client, "/people?q=LEE")) == ["Zoë Ångström", "Leen"]
    assert names(read(client, "/people?q=angstrom+zoe")) == ["Zoë Ångström"]
    assert names(read(client, "/people?q=energie")) == ["Annelies"]
    found = read(client, "/people?q=aannem")
    assert names(found) == ["Annelies"]
    assert [mark.text for mark in found.select("mark")] == ["Aannemers"]
    assert "1 person for “aannem”" in found.text


def test_nobody_finds_who_is_pending_suspended_or_gone_by_name_filter_or_address(client, town):
    for member in (town["away"], town["new"], town["former"]):
        assert names(read(client, f"/people?q={member.name}")) == []
        assert member.name not in read(client, "/people?city=leuven").text
        gone = client.get(f"/members/{member.handle}")
        nobody = client.get("/members/nobody-at-all")
        assert gone.status_code == nobody.status_code == 404
        assert without_token(gone.text).replace(member.handle, "nobody-at-all") == without_token(nobody.text)
        for more in ("posts", "lessons"):
            assert client.get(f"/members/{member.handle}/{more}").status_code == 404


def test_a_guest_finds_and_is_found_only_within_their_spaces(app, client, town):
    assert names(read(client, "/people?q=gaston")) == ["Gaston"]
    assert "Guest in Gent" in read(client, f"/members/{town['gast'].handle}").text
    guest, elsewhere = app.test_client(), app.test_client()
    sign_in(guest, town["gast"])
    assert names(read(guest, "/people?city=gent&city=leuven")) == ["Gaston", "Leen"]
    assert names(read(guest, "/people?q=annelies")) == []
    assert guest.get(f"/members/{town['annelies'].handle}").status_code == 404
    own_spaces = read(guest, "/people").text
    assert "As a guest you find the people of your spaces" in own_spaces
    assert "Not who you are looking for?" not in own_spaces, "nothing would stand under it"
    sign_in(elsewhere, town["annelies"])
    assert names(read(elsewhere, "/people?q=gaston")) == []
    assert elsewhere.get(f"/members/{town['gast'].handle}").status_code == 404


def test_visitors_and_who_is_not_let_in_have_no_directory(app, client, town):
    visitor, waits = app.test_client(), app.test_client()
    sign_in(waits, town["new"])
    for address in ("/people", f"/members/{town['leen'].handle}", "/settings/offer"):
        assert visitor.get(address).status_code == 303
        assert waits.get(address).status_code == 403
    assert "/people" not in visitor.get("/").text
    assert "/people" not in waits.get("/").text
    assert "/people" in client.get("/").text


def test_each_count_is_the_length_of_the_list_behind_it(app, client, town):
    """For the five who may open it: a member, a guest, somebody elsewhere, a moderator and an administrator."""
    make_member("Mo", space=town["leuven"], role=Role.MODERATOR)
    capacities.add(
        town["zoe"].id, function="raadslid", level=Level.POLITICS, body=Body.CITY, city="gent",
        starts_on=date(2025, 2, 1),
    )  # fmt: skip
    db.session.commit()
    for member in (town["leen"], town["gast"], town["annelies"], town["zoe"]):
        browser = app.test_client()
        sign_in(browser, member)
        for address in ("/people?level=field", "/people?city=leuven&level=staff", "/people?q=an", "/people"):
            for link in read(browser, address).select(".filter-set a"):
                if "aria-current" in link.attrs:
                    continue
                there = read(browser, alone(link["href"], address))
                assert len(names(there)) == int(link.select_one(".n").text), (member.name, link["href"])


def test_level_and_city_are_of_one_capacity(client, town):
    capacities.add(
        town["zoe"].id, function="raadslid", level=Level.POLITICS, body=Body.CITY, city="gent",
        starts_on=date(2025, 2, 1),
    )  # fmt: skip
    db.session.commit()
    assert "Zoë Ångström" in names(read(client, "/people?city=gent&level=politics"))
    assert "Zoë Ångström" not in names(read(client, "/people?city=gent&level=staff"))
    assert names(read(client, "/people?axis=kwalitatieve-densiteit")) == ["Annelies"]
    assert names(read(client, "/people?q=raadslid")) == ["Zoë Ångström"]


def test_a_function_that_is_over_or_refused_finds_nobody(client, town):
    held = capacities.add(
        town["zoe"].id, function="stadsdichter", level=Level.STAFF, body=Body.CITY, city="gent",
        starts_on=date(2025, 2, 1),
    )  # fmt: skip
    db.session.commit()
    assert names(read(client, "/people?q=stadsdichter")) == ["Zoë Ångström"]
    capacities.end(held, by_id=town["zoe"].id)
    db.session.commit()
    assert names(read(client, "/people?q=stadsdichter")) == []


def test_without_a_question_it_is_the_own_spaces_and_who_offered_lately_by_name(client, town):
    assert names(read(client, "/people")) == ["Annelies", "Gaston", "Leen"]
    say(town["annelies"])
    db.session.commit()
    assert names(read(client, "/people")) == ["Gaston", "Leen"]


def test_pages_follow_each_other_and_a_cursor_tells_nothing(client, town):
    for number in range(45):
        make_member(f"Pien {number:02d}", space=town["leuven"])
    say(db.session.scalars(select(Member).where(Member.name == "Pien 40")).one(), "pien")
    db.session.commit()
    seen, address = [], "/people?q=pien"
    while address:
        soup = read(client, address)
        seen += names(soup)
        older = soup.select_one(".pager a[rel=next]")
        address = older and older["href"]
    assert seen == ["Pien 40", *(f"Pien {number:02d}" for number in range(45) if number != 40)]
    first = names(read(client, "/people?q=pien"))
    for handle in ("nobody", town["away"].handle, town["former"].handle):
        assert names(read(client, f"/people?q=pien&after={handle}")) == first


def test_a_question_that_cannot_be_looked_up_is_kept_with_a_sentence_at_the_field(client, town):
    for question in ("a", "?!", "x" * 81):
        soup = read(client, f"/people?q={question}", 422)
        field = soup.select_one("#q")
        assert field["value"] == question
        assert soup.select_one(f"#{field['aria-describedby']}").get_text(strip=True)
    nobody = read(client, "/people?q=zzz")
    assert "Check the spelling" in nobody.select_one(".empty").text
    assert client.get("/people?q=%25%00_&city=nowhere&level=x").status_code == 404


def test_a_city_among_the_words_narrows_to_it_where_nobody_has_all_of_them(app, client, town):
    say(town["zoe"], "Groendienst en bomen")
    make_member("Van Gent", space=town["leuven"])
    db.session.commit()
    for typed, said, found in (
        ("groendienst leuven", "Nobody for “groendienst leuven”. We searched for “groendienst” in Leuven instead.",
         ["Zoë Ångström"]),
        ("Leuven bomen", "Nobody for “Leuven bomen”. We searched for “bomen” in Leuven instead.", ["Zoë Ångström"]),
        ("bommen in leuven", "", []),
        ("leuven", "Nobody for “leuven”. These are people from Leuven.",
         ["Annelies", "Gaston", "Van Gent", "Zoë Ångström"]),
        ("van gent", "", ["Van Gent"]),
        ("bomen gent", "", []),
        ("x leuven", "", []),
        ("bomen leuven sint-niklaas", "", []),
    ):  # fmt: skip
        soup = read(client, f"/people?q={typed}")
        assert names(soup) == found, typed
        assert [" ".join(each.find(string=True).split()) for each in soup.select(".spelled")] == [
            said
        ] * bool(said)
        field = soup.select_one("#q")
        assert (field["value"], soup.select("form.searchbox [name=city]")) == (typed, [])
        if said:
            assert " ".join(soup.select_one(".spelled").text.split()) == f"{said} Search everything"
            (city,) = soup.select(".chosen a bdi")
            assert city.text == "Leuven"
            assert soup.select_one(".spelled a")["href"] == f"/search?q={typed}".replace(" ", "+")
    guest = app.test_client()
    sign_in(guest, town["gast"])
    assert names(read(guest, "/people?q=bomen leuven")) == []
    assert "Leuven instead" not in read(guest, "/people?q=bomen leuven").text


def test_a_typing_error_is_mended_by_words_of_people_whom_the_reader_finds_alone(app, client, town):
    for member in (town["away"], town["new"], town["former"]):
        found_by.keep_offer(member.id, ["Tuinbouwer"])
    capacities.add(
        town["zoe"].id, function="stadsdichter", level=Level.STAFF, body=Body.CITY, city="gent",
        starts_on=date(2025, 2, 1),
    )  # fmt: skip
    db.session.commit()
    for typed, instead, found in (
        ("aanemers", "aannemers", ["Annelies"]),
        ("anelies", "annelies", ["Annelies"]),
        ("stadsdihcter zoe", "stadsdichter zoe", ["Zoë Ångström"]),
        ("Zoë, Stadsdihcter", "Zoë, stadsdichter", ["Zoë Ångström"]),
        ("Ångström (stadsdihctér)", "Ångström (stadsdichter)", ["Zoë Ångström"]),
        ("renovattie leuven", "renovatie", ["Annelies"]),
        ("de Annelies", "Annelies", ["Annelies"]),
        ("de tuinbouwer", "", []),
        ("stadsdihcter annelies", "", []),
        ("tuinbouwers", "", []),
        ("aanemers gent", "", []),
    ):
        soup = read(client, f"/people?q={typed}")
        said = " ".join(each.text for each in soup.select(".spelled"))
        assert names(soup) == found, typed
        where = "in Leuven instead." if "leuven" in typed else "instead."
        assert said.startswith(f"Nobody for “{typed}”. We searched for “{instead}” {where}") == bool(found)
        assert "tuinbouwer " not in soup.text.lower()
    assert read(client, "/people?q=aanemers&city=leuven").select_one(".spelled")
    guest = app.test_client()
    sign_in(guest, town["gast"])
    assert read(guest, "/people?q=anelies").select(".spelled") == []
    db.session.execute(db.update(Member).values(locale="nl"))
    db.session.commit()
    said = read(client, "/people?q=Aanemers").select_one(".spelled").text
    assert "Niemand voor ‘Aanemers’. We zochten in de plaats op ‘aannemers’." in said
    # Who wrote the very words did not mistype them.
    make_thread(town["leuven"], town["annelies"], body="Onze aanemers.", audience=Audience.NETWORK)
    db.session.commit()
    soup = read(client, "/people?q=aanemers")
    assert (soup.select(".spelled"), wrote(soup)[0][0]) == ([], "Annelies")


def test_where_nobody_is_found_no_filter_and_no_number_stands_but_what_leads_on(client, town, count_queries):
    for address in ("/people?q=zzzz", "/people?q=zzzzzzz&city=gent", "/people?axis=glokale-strategie"):
        soup = read(client, address)
        assert soup.select("aside, .section-title, main .filters") == []
        assert soup.select_one("#list.vh").text == "Nobody found"
        links = {link["href"] for link in soup.select(".empty a")}
        assert {"/people", "/threads/new?audience=network&ask=1"} <= links
        assert ("=g" in address) == bool(soup.select(".chosen a"))
    assert "/search?q=zzzz" in {link["href"] for link in read(client, "/people?q=zzzz").select(".empty a")}
    with count_queries() as seen:
        read(client, "/people?q=zzzzzzz xxxxxxx gent")
    assert seen.count <= 16, seen.statements


def test_no_page_about_people_has_an_address_or_a_last_visit(client, town):
    for path in ("/people?q=annelies", f"/members/{town['annelies'].handle}", "/people"):
        text = client.get(path).text
        assert "@people.test" not in text
        assert "last seen" not in text.lower()


def test_the_directory_and_profiles_take_at_most_eight_queries(app, client, town, count_queries):
    make_post(make_thread(town["leuven"], town["annelies"], audience=Audience.NETWORK), town["annelies"])
    db.session.commit()
    everything = "/people?q=an&city=leuven&city=gent&level=field&body=city&axis=kwalitatieve-densiteit"
    for path in (
        "/people",
        everything,
        f"/members/{town['annelies'].handle}",
        f"/members/{town['gast'].handle}",
    ):
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        assert seen.count <= 8, (path, seen.statements)


def test_the_own_page_leads_to_what_is_changed_and_others_have_no_such_links(app, client, town):
    own = read(client, f"/members/{town['leen'].handle}")
    assert {link["href"] for link in own.select(".section-title a")} == {
        "/settings/offer", "/settings/offer#seeks", "/settings/profile#capacities",
    }  # fmt: skip
    assert "Say in a line what colleagues in other cities may ask you" in own.text
    other = app.test_client()
    sign_in(other, town["annelies"])
    theirs = read(other, f"/members/{town['leen'].handle}")
    assert not theirs.select(".section-title a")
    assert not theirs.select("#offer")


def test_what_somebody_offers_is_saved_shown_and_found_and_refused_at_the_field(app, client, town):
    said = {"asks_1": "  Fietsen   in de regen ", "asks_2": "", "asks_3": "Buren", "tags": "Fiets, #wijk",
            "axes": ["solidaire-stadspolis"], "seeks": "Een fietsstad"}  # fmt: skip
    assert submit(client, "/settings/offer", said).status_code == 303
    page = read(client, f"/members/{town['leen'].handle}")
    assert [line.text for line in page.select(".asks li")] == ["Fietsen in de regen", "Buren"]
    assert "#Fiets" in page.text
    assert "Een fietsstad" in page.text
    assert names(read(client, "/people?q=regen")) == ["Leen"]
    again = read(client, "/settings/offer")
    assert again.select_one("#asks_2")["value"] == "Buren"
    assert again.select_one("input[name=axes][checked]")["value"] == "solidaire-stadspolis"
    wrong = submit(
        client, "/settings/offer", said | {"asks_1": "x" * 81, "axes": ["x"], "tags": "a,b,c,d,e,f"}
    )
    assert wrong.status_code == 422
    for kept in ("x" * 81, "Een fietsstad", "a,b,c,d,e,f"):
        assert kept in wrong.text
    assert names(read(client, "/people?q=regen")) == ["Leen"]
    assert submit(client, "/settings/offer", {}).status_code == 303
    assert names(read(client, "/people?q=regen")) == []
    stranger = app.test_client()
    assert submit(stranger, "/settings/offer", said).status_code in {303, 400, 403}


def test_a_profile_says_what_somebody_does_who_confirmed_it_and_what_is_over(client, town):
    annelies, boss = town["annelies"], make_member("Maarten", space=town["gent"], role=Role.MODERATOR)
    hidden = make_member("Stilla", space=town["leuven"], role=Role.GUEST)
    for function, by in (("huurdersgids", boss), ("wijkgids", hidden)):
        held = capacities.add(
            annelies.id, function=function, level=Level.FIELD, body=Body.CITY, city="leuven",
            starts_on=date(2025, 3, 1), confirmation=Confirmation.MODERATOR, confirmed_by_id=by.id,
        )  # fmt: skip
    capacities.add(
        annelies.id, function="bestuurslid", level=Level.FIELD, body=Body.CITIZENS, city="leuven",
        starts_on=date(2025, 4, 1),
    )  # fmt: skip
    refused = capacities.add(
        annelies.id, function="burgemeester", level=Level.POLITICS, body=Body.CITY, city="leuven",
        starts_on=date(2025, 4, 1),
    )  # fmt: skip
    refused.refused_at = clock.now()
    capacities.end(held, by_id=annelies.id)
    db.session.commit()
    soup = read(client, f"/members/{annelies.handle}")
    rows = {row.b.get_text(strip=True): " ".join(row.get_text(" ", strip=True).split()) for row in
            soup.select(".capacities > li")}  # fmt: skip
    assert "burgemeester" not in soup.text
    assert "by Maarten, moderator" in rows["huurdersgids"]
    assert "Annelies filled this in" in rows["bestuurslid"]
    assert "was confirmed by a moderator" in rows["then: wijkgids"]
    assert "Stilla" not in soup.text


def test_somebody_whose_every_capacity_ended_no_longer_works_there(client, town):
    for held in db.session.scalars(select(Capacity).where(Capacity.member_id == town["annelies"].id)):
        capacities.end(held, by_id=None, day=date(2026, 3, 1))
    db.session.commit()
    assert "Has not worked here since" in read(client, f"/members/{town['annelies'].handle}").text


def test_a_profile_says_how_to_ask_something_also_where_nothing_of_theirs_may_be_read(app, client, town):
    annelies = town["annelies"]
    address, ask = f"/members/{annelies.handle}", f"Do you want to ask {annelies.name} something?"
    page = read(client, address)
    section = page.select_one("section[aria-labelledby=ask]")
    assert section.h2.get_text(strip=True) == ask
    assert f"Mention @{annelies.handle} in a story." in section.text
    assert section.select_one("a[href='/threads/new?audience=network&ask=1']")
    make_thread(town["leuven"], annelies, audience=Audience.NETWORK)
    db.session.commit()
    assert "Reply to a post on this page" in read(client, address).text
    own = app.test_client()
    sign_in(own, annelies)
    assert ask not in read(own, address).text
    for held in db.session.scalars(select(Capacity).where(Capacity.member_id == annelies.id)):
        capacities.end(held, by_id=None, day=date(2026, 3, 1))
    db.session.commit()
    assert ask not in read(client, address).text, "who works there no longer"


def test_a_profile_has_only_posts_that_its_reader_may_read(app, client, town):
    annelies, leuven = town["annelies"], town["leuven"]
    shared = make_thread(leuven, annelies, title="Gedeeld", audience=Audience.NETWORK)
    make_thread(leuven, annelies, title="Onder ons", audience=Audience.SPACE)
    hidden = make_post(shared, annelies, body="Verborgen zin")
    hidden.hidden_at = clock.now()
    gone = make_post(shared, annelies, body="Teruggenomen zin")
    gone.deleted_at = clock.now()
    make_post(shared, annelies, body="Een antwoord dat er staat")
    db.session.commit()
    for address in (f"/members/{annelies.handle}", f"/members/{annelies.handle}/posts"):
        text = client.get(address).text
        assert "Gedeeld" in text
        assert "Een antwoord dat er staat" in text
        for secret in ("Onder ons", "Verborgen zin", "Teruggenomen zin"):
            assert secret not in text
    colleague = app.test_client()
    sign_in(colleague, town["zoe"])
    assert "Onder ons" in colleague.get(f"/members/{annelies.handle}").text


def test_names_in_a_thread_lead_to_the_profile_of_whom_the_reader_finds(app, client, town):
    thread = make_thread(town["gent"], town["leen"], audience=Audience.NETWORK)
    make_post(thread, town["gast"])
    make_post(thread, town["former"])
    db.session.commit()
    address = f"/threads/{thread.id}-{thread.slug}"
    pages = {town[name].handle: f"/members/{town[name].handle}" for name in ("leen", "gast", "former")}

    def linked(browser):
        return {link["href"] for link in read(browser, address).select(".byline a")}

    assert linked(client) == {pages[town["leen"].handle], pages[town["gast"].handle]}
    elsewhere = app.test_client()
    sign_in(elsewhere, town["annelies"])
    assert linked(elsewhere) == {pages[town["leen"].handle]}


def test_deleting_an_account_takes_its_profile_and_words_along(session, town):
    member = make_member("Weg")
    say(member, "Iets", tags="Iets")
    db.session.flush()
    db.session.execute(Member.__table__.delete().where(Member.id == member.id))
    for model in (Profile, MemberWord):
        assert not db.session.scalars(select(model).where(model.member_id == member.id)).all()


def test_a_new_name_is_found_and_the_old_one_is_not(client, town):
    who = actor(town["zoe"])
    profiles.save(who, name="Zora", locale=None, timezone="Europe/Brussels", theme=None)
    db.session.commit()
    assert names(read(client, "/people?q=zora")) == ["Zora"]
    assert names(read(client, "/people?q=angstrom")) == []
    created = accounts.create(email="n@people.test", name="Newt", confirmed=True, approved=True)
    join(created, town["gent"])
    db.session.commit()
    assert names(read(client, "/people?q=newt")) == ["Newt"]


def wrote(soup):
    """Who is found by what they wrote: each name, the marked words, and the address of the post."""
    return [
        (row.select_one(".person__name").get_text(strip=True), [mark.text for mark in row.select("mark")],
         row.select_one(".person__words")["href"])
        for row in soup.select("section[aria-labelledby=wrote] li")
    ]  # fmt: skip


def test_who_wrote_about_it_stands_below_by_the_very_post_for_who_may_read_it(client, town):
    inside = make_thread(
        town["leuven"], town["zoe"], body="Onze zonnepanelen liggen er.", audience=Audience.SPACE
    )
    open_ = make_thread(town["leuven"], town["annelies"], body="Een dak.", audience=Audience.NETWORK)
    post = make_post(open_, town["annelies"], "Wie legde zonnepanelen op een school?")
    for author in (town["leen"], town["away"], town["former"]):
        make_post(open_, author, "Ook zonnepanelen.")
    make_post(open_, town["annelies"], "Weg zonnepaneel", deleted_at=clock.now())
    make_post(open_, town["zoe"], "Verborgen zonnepaneel", hidden_at=clock.now())
    db.session.commit()
    found = read(client, "/people?q=zonnepaneel")
    address = f"/threads/{open_.id}-{open_.slug}#post-{post.number}"
    assert [(name, marks) for name, marks, _href in wrote(found)] == [("Annelies", ["zonnepanelen"])]
    assert wrote(found)[0][2].endswith(address)
    assert names(found) == ["Annelies"]
    assert "Not who you are looking for?" in found.text
    assert wrote(read(client, "/people?q=zonnepaneel&body=ocmw")) == []
    assert wrote(read(client, "/people?q=annelies")) == wrote(read(client, "/people?q=in%3Alesson")) == []
    sign_in(client, town["annelies"])
    assert [row[0] for row in wrote(read(client, "/people?q=zonnepaneel"))] == ["Leen", "Zoë Ångström"]
    assert inside.slug in wrote(read(client, "/people?q=zonnepaneel"))[1][2]
    sign_in(client, town["gast"])
    assert wrote(read(client, "/people?q=zonnepaneel")) == []
    for_all = make_thread(
        town["leuven"], town["annelies"], body="Zonnepanelen voor iedereen.", audience=Audience.PUBLIC
    )
    make_post(for_all, town["leen"], "Zonnepanelen ook bij ons.")
    db.session.commit()
    assert [row[0] for row in wrote(read(client, "/people?q=zonnepaneel"))] == ["Leen"]
    assert client.application.test_client().get("/people?q=zonnepaneel").status_code == 303


def test_one_post_of_each_is_shown_and_the_page_asks_as_often_however_many_wrote(client, town, count_queries):
    thread = make_thread(town["leuven"], town["annelies"], body="Regenwater.", audience=Audience.NETWORK)

    def asked():
        db.session.commit()
        read(client, "/people?q=regenwater")
        with count_queries() as seen:
            soup = read(client, "/people?q=regenwater")
        return seen.count, wrote(soup)

    few, _rows = asked()
    for number in range(14):
        somebody = make_member(f"Iemand {number}", space=town["leuven"])
        for _time in range(2):
            make_post(thread, somebody, f"Regenwater nummer {number}.")
    many, rows = asked()
    assert many == few
    assert len(rows) == 10
    assert len({name for name, _marks, _href in rows}) == 10
    assert rows[0][0] == "Iemand 13"
