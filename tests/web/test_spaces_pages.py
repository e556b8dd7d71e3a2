"""The directory and a space: what is shown to whom, filters as links, paging by key, and what it costs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from forum.domain.spaces import join_requests
from forum.domain.threads import read_marks, space_activity
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience, Role, SpaceKind
from forum.models.themes import Axis, Need
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def gent():
    return make_space("Gent", city="gent", description="Stories of Gent.")


def words(client, path):
    db.session.commit()
    return client.get(path, headers=ENGLISH).get_data(as_text=True)


def test_a_member_meets_every_listed_space_and_a_visitor_only_what_talks_in_public(client, gent, leen):
    group = make_space("Wonen", kind=SpaceKind.GROUP)
    make_space("Stilte", kind=SpaceKind.GROUP, unlisted=True)
    empty = words(client, "/spaces")
    assert "No space has public threads yet" in empty
    assert "These spaces have threads" not in empty
    make_thread(gent, leen, audience=Audience.PUBLIC)
    visitor = words(client, "/spaces")
    assert "These spaces have threads" in visitor
    assert "Gent" in visitor
    assert "Wonen" not in visitor
    sign_in(client, leen)
    member = words(client, "/spaces")
    assert group.slug in member
    assert member.index("Your spaces") < member.index("Leen shared “Who rings back?”") < member.index("Wonen")
    assert "Stilte" not in member


def test_the_square_of_the_network_is_no_working_group(client, gent, leen):
    square = make_space("Plein", kind=SpaceKind.NETWORK)
    make_space("Wonen", kind=SpaceKind.GROUP)
    make_thread(square, make_member("Eva", space=square), audience=Audience.PUBLIC)
    visitor = words(client, "/spaces")
    assert "Working groups" not in visitor
    assert visitor.index("For the whole network") < visitor.index("Plein")
    sign_in(client, leen)
    member = words(client, "/spaces")
    assert (
        member.index("Plein")
        < member.index("Working groups")
        < member.index("1, open to")
        < member.index("Wonen")
    )
    join(leen, square)
    assert "For the whole network" not in words(client, "/spaces")


def test_each_group_of_spaces_says_how_many_it_has_and_none_is_empty(app, client, gent, leen):
    kinds = [("Plein", SpaceKind.NETWORK), ("Wonen", SpaceKind.GROUP), ("Water", SpaceKind.GROUP)]
    plein, wonen, _water = (make_space(name, kind=kind) for name, kind in kinds)
    make_space("Stilte", kind=SpaceKind.GROUP, unlisted=True)
    make_space("VGC", city="vgc")
    guest = make_member("Gaston", space=wonen, role=Role.GUEST)
    sign_in(client, leen)

    def counted(client):
        page = BeautifulSoup(words(client, "/spaces"), "html.parser")
        return {
            title["id"]: (title.span.text, len(title.parent.select(".linkrows > li")))
            for title in page.select("h2[id].section-title")
        }

    assert list(counted(client)) == ["mine", "network", "groups", "cities"]
    assert counted(client) == {
        "mine": ("1", 1), "network": ("1", 1), "groups": ("2, open to anyone who asks", 2),
        "cities": ("1 and the VGC", 2),
    }  # fmt: skip
    for each in (plein, wonen):
        join(leen, each)
    assert list(counted(client)) == ["mine", "groups", "cities"], "an empty group has no title"
    theirs = app.test_client()
    sign_in(theirs, guest)
    assert counted(theirs) == {"mine": ("1", 1)}
    assert "You belong to every space that you may know of" in words(theirs, "/spaces")
    assert "You belong to every space" not in words(client, "/spaces")


def test_the_directory_says_once_what_holds_for_all_and_lights_who_shared_lately(client, gent, leen):
    genk = make_space("Genk", city="genk", description="Closed room of Genk.")
    karim = make_member("Karim", space=genk)
    wonen = make_space("Wonen", kind=SpaceKind.GROUP)
    sign_in(client, leen)
    with clock.at(datetime(2026, 3, 10, 12, tzinfo=UTC)):
        make_thread(genk, karim, audience=Audience.SPACE)
        assert "shared something" not in words(client, "/spaces").replace("last shared something with", "")
        make_thread(
            genk, karim, at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
        )  # the first of February in Brussels
        assert "In the last three months 1 city did." in words(client, "/spaces")
        make_thread(wonen, make_member("Eva"), at=clock.now() - timedelta(days=1))
        make_thread(gent, leen, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
        shown = words(client, "/spaces")
    assert "1 city shared something this month." in shown
    assert "Shared something: Gent" in shown
    assert shown.count("The space of a city is only for people who work there.") == 1
    assert "Closed room of Genk." not in shown
    assert '<a href="/threads">Threads</a>' in shown
    for end in ("your space", "1 February", "yesterday"):
        assert f'<span class="linkrow__end">{end}</span>' in shown


def test_a_count_that_stopped_looking_says_at_least(client, gent, leen, monkeypatch):
    monkeypatch.setattr(space_activity, "RECENT", 1)
    space_activity._counts.cache_clear()
    karim = make_member("Karim", space=gent)
    make_thread(gent, karim)
    sign_in(client, leen)
    assert re.search(r">\s*1 new<", words(client, "/spaces"))
    latest = make_thread(gent, karim)
    assert re.search(r">\s*at least 1 new<", words(client, "/spaces"))
    read_marks.mark_read(actor(leen), latest.id, first=1, last=1)
    assert "nothing new lately<" in words(client, "/spaces")
    read_marks.mark_all_read(actor(leen))
    assert "nothing new<" in words(client, "/spaces")
    space_activity._counts.cache_clear()


def test_a_space_that_shared_nothing_says_so_to_who_would_read_it(app, client, gent, leen, moderator):
    make_space("Wonen", kind=SpaceKind.GROUP)
    make_thread(gent, moderator, audience=Audience.PUBLIC)
    make_space("Genk", city="genk")
    sign_in(client, leen)
    assert words(client, "/spaces").count('<span class="linkrow__end">nothing yet</span>') == 2
    assert "nothing yet" not in words(app.test_client(), "/spaces")


def test_a_request_that_waits_is_a_word_at_the_end_of_its_row(client, leen):
    wonen = make_space("Wonen", kind=SpaceKind.GROUP)
    sign_in(client, leen)
    asked = '<span class="linkrow__end">asked</span>'
    assert asked not in words(client, "/spaces")
    request = join_requests.request_to_join(actor(leen), wonen.id)
    assert asked in words(client, "/spaces")
    request.answered_at = clock.now()
    assert asked not in words(client, "/spaces")


def test_who_belongs_nowhere_reads_whom_to_ask(client, session):
    sign_in(client, make_member("Fien"))
    assert "You do not belong to a space yet" in words(client, "/spaces")


@pytest.mark.both_databases
def test_d1_the_directory_folds_accents_and_capitals(client, leen):
    names = ["Zottegem", "de Kempen", "Éénloket jeugd"]
    for name in names:
        make_space(name, kind=SpaceKind.GROUP)
    sign_in(client, leen)
    page = words(client, "/spaces")
    assert sorted(names, key=page.index) == ["de Kempen", "Éénloket jeugd", "Zottegem"]


def test_a_space_leads_with_what_waits_for_an_answer(client, gent, leen):
    karim = make_member("Karim", space=gent, role=Role.MODERATOR)
    answered = make_thread(gent, leen, title="Answered")
    make_post(answered, karim)
    make_thread(gent, karim, title="Still open")
    sign_in(client, leen)
    shown = words(client, f"/spaces/{gent.slug}")
    assert shown.index("Waiting for an answer") < shown.index("Still open") < shown.index("Answered")
    assert "Stories of Gent." in shown
    assert "Moderators" in shown
    assert "Karim" in shown
    assert "Hidden posts and log" not in shown


def test_filters_are_links_that_keep_each_other(client, gent, leen):
    make_thread(gent, leen, title="Facts of density", need=Need.FACTS, axis=Axis.DENSITY, tags=("fiets",))
    make_thread(gent, leen, title="A story of bikes", tags=("fiets",))
    sign_in(client, leen)
    shown = words(client, f"/spaces/{gent.slug}?need=facts&tag=fiets")
    assert "Facts of density" in shown
    assert "A story of bikes" not in shown
    assert f"/spaces/{gent.slug}?tag=fiets&amp;need=stories" in shown
    assert re.search(r'href="[^"]*\?tag=fiets" rel="nofollow" aria-current="true"', shown)
    assert "Nothing here matches" in words(client, f"/spaces/{gent.slug}?need=action")
    assert "A story of bikes" in words(client, f"/spaces/{gent.slug}?need=nonsense&after=nonsense")


def test_the_filters_of_a_space_stay_open_where_one_was_changed_and_lead_on_to_its_threads(
    client, gent, leen
):
    make_thread(gent, leen, title="Facts of density", need=Need.FACTS, axis=Axis.DENSITY, tags=("fiets",))
    make_thread(gent, leen, title="A story of bikes", tags=("fiets",))
    sign_in(client, leen)

    def page(address):
        return BeautifulSoup(words(client, address), "html.parser")

    closed = page(f"/spaces/{gent.slug}?tag=fiets")
    assert not closed.select_one("details.filters").has_attr("open")
    assert closed.select_one("#filter-tag a[aria-current]").text == "fiets"
    changed = page(closed.select_one("#filter-need a[href*='need=facts']")["href"])
    assert changed.select_one("details.filters").has_attr("open")
    assert changed.select_one("details.filters > summary").text == "Filter (2 chosen)"
    listed = page(changed.select_one(".filters__found a")["href"])
    assert not listed.select_one("details.filters").has_attr("open")
    assert listed.select_one("#threads")
    assert [each.get_text(strip=True) for each in listed.select(".chosen a")] == [
        "Remove:Facts", "Remove:fiets", "Clear all filters",
    ]  # fmt: skip
    assert "A story of bikes" in page(listed.select_one(".chosen a")["href"]).text
    beside = listed.select(".only-wide .filter-set a[rel=nofollow]")
    assert beside
    assert not any("filters=open" in each["href"] for each in beside), "a wide page has no panel"
    ids = [each["id"] for each in listed.select("[id]")]
    assert len(ids) == len(set(ids))


def test_older_threads_are_a_link_away(client, gent, leen):
    karim = make_member("Karim", space=gent)
    for number in range(23):
        make_post(make_thread(gent, leen, title=f"Talk {number:02}"), karim)
    sign_in(client, leen)
    first = words(client, f"/spaces/{gent.slug}")
    older = re.search(r'href="([^"]+)" rel="next"', first).group(1)
    rest = words(client, older)
    assert "Talk 22" in first
    assert "Talk 02" not in first
    assert "Talk 02" in rest
    assert 'rel="prev"' in rest


def test_an_unlisted_space_does_not_exist_for_others(client, leen):
    unlisted = make_space("Stil", unlisted=True)
    sign_in(client, leen)
    assert client.get(f"/spaces/{unlisted.slug}").status_code == 404


def test_a_space_without_threads_says_what_to_do(client, gent, leen):
    sign_in(client, leen)
    shown = words(client, f"/spaces/{gent.slug}")
    content = shown[shown.index("<main") :]
    assert "Nothing has been told here yet" in content
    main = content[: content.index("</main>")]
    assert main.count("Share a story") == main.count("btn--primary") == 1
    assert "Filter" not in content
    other = make_space("Genk", city="genk")
    assert "Nothing here that you may read yet" in words(client, f"/spaces/{other.slug}")


@pytest.mark.both_databases
@pytest.mark.parametrize("path", ["/spaces", "/spaces/{slug}"])
def test_the_pages_cost_the_same_however_much_there_is(client, gent, leen, path, count_queries):
    sign_in(client, leen)
    people = [make_member(f"P{n}", space=gent, role=Role.MODERATOR) for n in range(4)]
    address = path.format(slug=gent.slug)

    def cost():
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        return seen.count

    def grow(number):
        for turn in range(number):
            thread = make_thread(gent, people[turn % 4], title=f"T{turn}")
            make_space(f"S{turn}")
            for other in people[: turn % 3]:
                make_post(thread, other)
        db.session.commit()

    grow(2)
    cost()  # it writes down that they were here
    few = cost()
    grow(20)
    assert few == cost() <= 8


def test_a_story_without_an_answer_says_how_many_working_days_it_waits(app, client, gent, leen, monkeypatch):
    friday = datetime(2026, 12, 4, 9, tzinfo=UTC)
    thread = make_thread(gent, leen, title="Nobody rang back", at=friday, audience=Audience.PUBLIC)
    other = make_member("Bart", space=gent)
    sign_in(client, other)
    monkeypatch.setattr(clock, "now", lambda: friday + timedelta(days=4))
    shown = words(client, f"/spaces/{gent.slug}")
    assert re.search(r"Waiting since [^:<]+: 2 working days\.", shown)
    assert "hopes for an answer within 2 working days" in shown
    visitor = words(app.test_client(), f"/spaces/{gent.slug}")
    assert "2 working days." in visitor
    assert "hopes for an answer" not in visitor
    make_post(thread, other)
    assert "working day" not in words(client, f"/spaces/{gent.slug}")
