"""The desk of moderators: one list of everything that waits, settled in place, for who moderates it alone."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.desk import numbers
from forum.domain.desk.queues.registry import QUEUES
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.desk import DeskNote
from forum.models.spaces import JoinRequest, Membership, Role
from tests import desk_scenario
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(session):
    """Everything that waits for Sien."""
    return desk_scenario.plant()


def at(client, path="/desk"):
    """The page there, in English."""
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")


def words(found):
    return " ".join(found.get_text(" ").split())


def browser(client, member):
    """Another browser, in which somebody else is signed in."""
    other = client.application.test_client()
    sign_in(other, member)
    return other


def press(client, page, number):
    """Press the act with that number of the thing that is open; return the desk as it is then."""
    button = page.select_one(f"[data-opened] [data-act='{number}']")
    form = button.find_parent("form")
    fields = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
    if button.get("name"):
        fields[button["name"]] = button["value"]
    answer = submit(client, button.get("formaction") or form["action"], fields)
    assert answer.status_code == 303
    return at(client, answer.location)


def test_every_kind_waits_in_one_list_for_who_moderates_its_space(client, desk, count_queries):
    assert set(desk.items) == {queue.name for queue in QUEUES}
    sign_in(client, desk.sien)
    page = at(client)
    assert {one["id"] for one in page.select("[data-item]")} == set(desk.items.values())
    assert page.select_one("[data-opened]")["id"] == desk.items["without_words"], "it was due at once"
    assert page.select_one(".standfirst").get_text().startswith("17 things wait for somebody, ")
    assert page.select_one(".masthead .count").get_text().split()[0] == "17"
    assert words(page.select_one("footer .only-phone a[href='/desk']")) == "Moderation 17 waiting"
    for kind, key in desk.items.items():
        with count_queries() as seen:
            page = at(client, f"/desk?item={key}&kind={kind}")
        assert [one["id"] for one in page.select("[data-item]")] == [key]
        assert page.select_one("[data-opened] [data-act='1']") is not None, key
        assert seen.count <= 10, key
    of_space = at(client, f"/spaces/{desk.space.slug}/moderation")
    assert len(of_space.select("[data-item]")) == 17
    # What is another moderator's own is not on his desk: a draft in her hands, what is offered to her. Nor what he hid.
    of_wouter = {one["id"] for one in at(browser(client, desk.wouter)).select("[data-item]")}
    not_his = {desk.items[kind] for kind in ("permission", "hand_over", "objections", "left_out", "measures")}
    assert of_wouter == set(desk.items.values()) - not_his


def test_an_open_thing_says_what_was_done_before_to_its_post(client, desk):
    sign_in(client, desk.sien)
    lines = at(client, f"/desk?item={desk.items['objections']}").select("[data-opened] .desk__said li")
    [hidden] = [one for one in lines if "hid post" in one.get_text()]
    assert hidden.select_one(".why").get_text() == "Somebody is in it."
    assert (
        "hid post" not in at(client, f"/desk?item={desk.items['reported']}").select_one("[data-opened]").text
    )


def test_a_reported_post_says_when_a_reason_counts_and_leads_to_leaving_words_out(client, desk):
    sign_in(client, desk.sien)
    reported = at(client, f"/desk?item={desk.items['reported']}").select_one("[data-opened]")
    control = reported.select_one("[name=reason]")
    assert words(reported.select_one("label")) == "Reason"
    said = words(reported.select_one(f"#{control['aria-describedby']}"))
    assert said.endswith("reads it. Not needed to let it stand.")
    address = reported.select_one("a[href*='/left-out']")["href"]
    assert client.get(address).status_code == 200
    held = at(client, f"/desk?item={desk.items['held']}").select_one("[data-opened]")
    assert "optional" not in words(held.select_one("label"))
    assert not held.select_one("[name=reason]").has_attr("required")


def test_nobody_else_finds_any_of_it(client, desk):
    away = make_member("Els", space=make_space("Ieper"), role=Role.MODERATOR)
    db.session.commit()
    for who, of_desk in ((desk.lessons.author, 404), (desk.lessons.editor, 404), (away, 200)):
        other = browser(client, who)
        assert other.get("/desk").status_code == of_desk
        assert other.get(f"/spaces/{desk.space.slug}/moderation").status_code == 403
        for key in (*desk.items.values(), "held-1", "join_request-0", "x"):
            assert submit(other, f"/desk/items/{key}/taking", {}).status_code == 404
            assert submit(other, f"/desk/items/{key}/notes", {"words": "Mine."}).status_code == 404
        if of_desk == 200:
            page = at(other, f"/desk?item={desk.items['join_request']}")
            assert page.select("[data-item]") == []
            assert "Nothing waits." in words(page)
            assert "What you looked for is not on your list, or no longer." in words(page)
    assert db.session.scalars(select(DeskNote)).all() == []
    assert client.application.test_client().get("/desk").status_code == 303, "a visitor signs in first"
    waiting = browser(client, make_member("Noor", approved_at=None))
    assert waiting.get("/desk").status_code == 404


def test_a_request_is_settled_in_place_and_taken_back_wholly(client, desk):
    sign_in(client, desk.sien)
    key = desk.items["join_request"]
    request = db.session.get_one(JoinRequest, int(key.rpartition("-")[2]))
    page = press(client, at(client, f"/desk?item={key}"), 1)
    done = page.select_one(".job--done")
    assert "Karim belongs to Aalst now, and hears that by e-mail." in words(done)
    assert page.select_one(f"#{key}") is None
    assert page.select_one("[data-opened][data-focus]") is not None, "the next one has the focus"
    assert "Sien let Karim in." in words(page.select_one("[aria-labelledby=today]"))
    of_karim = select(Membership).where(
        Membership.member_id == request.member_id, Membership.space_id == desk.space.id
    )
    assert db.session.scalars(of_karim).one().role == Role.MEMBER
    form = done.find("form")
    fields = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
    for _twice in range(2):
        page = at(client, submit(client, form["action"], fields).location)
        assert page.select_one("[data-opened]")["id"] == key
    assert db.session.scalars(of_karim).all() == []
    db.session.refresh(request)
    assert (request.answered_at, request.answered_by_id, request.accepted) == (None, None, None)
    press(client, page, 3)
    db.session.refresh(request)
    assert request.accepted is False


def test_who_comes_second_reads_who_decided_and_keeps_what_they_typed(client, desk):
    key = desk.items["capacity"]
    sien, wouter = browser(client, desk.sien), browser(client, desk.wouter)
    both = [at(one, f"/desk?item={key}") for one in (sien, wouter)]
    press(wouter, both[1], 1)
    capacity = db.session.get_one(Capacity, int(key.rpartition("-")[2]))
    both[0].select_one("[data-opened] [name=reason]")["value"] = "She left in May."
    page = press(sien, both[0], 2)
    told = words(page.select_one(".job--done"))
    assert told == "Wouter decided this just now: confirmed. What you wrote is kept as a note."
    assert [one.words for one in db.session.scalars(select(DeskNote))] == ["She left in May."]
    db.session.refresh(capacity)
    assert (capacity.confirmed_by_id, capacity.refused_at) == (desk.wouter.id, None)
    request = desk.items["join_request"]
    both = [at(one, f"/desk?item={request}") for one in (sien, wouter)]
    press(wouter, both[1], 1)
    assert words(press(sien, both[0], 1).select_one(".job--done")) == "Wouter decided this just now: let in."
    assert "You decided this already" in words(press(wouter, both[1], 1).select_one(".job--done"))


def test_an_item_is_taken_taken_over_and_carries_notes(client, desk):
    key = desk.items["unanswered"]
    sien, wouter = browser(client, desk.sien), browser(client, desk.wouter)
    for _twice in range(2):
        submit(sien, f"/desk/items/{key}/taking", {})
    assert submit(sien, f"/desk/items/{key}/notes", {"words": " "}).status_code == 422
    for _twice in range(2):
        submit(sien, f"/desk/items/{key}/notes", {"words": "I rang her."})
    row = at(wouter, f"/desk?item={desk.items['theme']}").select_one(f"#{key}")
    assert "in the hands of Sien since" in words(row)
    assert [words(one) for one in row.select("[data-act]")] == ["Take over"]
    assert submit(wouter, f"/desk/items/{key}/taking", {}).status_code == 409, (
        "he did not see that she has it"
    )
    assert submit(wouter, f"/desk/items/{key}/taking", {"seen": desk.sien.id}).status_code == 303
    submit(sien, f"/desk/items/{key}/taking", {"_method": "delete"})
    opened = at(sien, f"/desk?item={key}").select_one("[data-opened]")
    told = [words(one) for one in opened.select(".desk__said li div")]
    assert sorted(told) == sorted(
        [
            "Sien took this on.",
            "Sien: I rang her.",
            "Sien no longer looks after this.",
            "Wouter took this on.",
        ]
    )
    note = db.session.scalars(select(DeskNote)).one()
    assert note.subject_id == desk.lessons.author.id
    log = client.application.test_client()
    sign_in(log, desk.lessons.author)
    thread = log.get(f"/threads/{key.rpartition('-')[2]}-x", follow_redirects=True).text
    assert "I rang her." not in thread


def test_five_hundred_things_come_in_pages_at_the_same_cost(client, desk, count_queries):
    with clock.at(clock.now() - timedelta(days=1)):
        for number in range(243):
            make_thread(desk.space, desk.lessons.author, title=f"Story {number}", axis=None)
    db.session.commit()
    sign_in(client, desk.sien)
    at(client)
    with count_queries() as seen:
        page = at(client)
    assert seen.count <= 10
    assert page.select_one(".standfirst").get_text().startswith("503 things wait")
    for kind, key in desk.items.items():
        for choice in (f"&kind={kind}", ""):
            with count_queries() as seen:
                opened = at(client, f"/desk?item={key}{choice}")
            assert opened.select_one("[data-opened]")["id"] == key
            assert seen.count <= 10, f"with {kind} open{choice}"
    with count_queries() as seen:
        of_space = at(client, f"/spaces/{desk.space.slug}/moderation")
    assert len(of_space.select("[data-item]")) >= 20
    assert seen.count <= 10
    assert page.select_one(".masthead .count").get_text().split()[0] == "99+"
    found, pages = [], 0
    while page is not None:
        pages += 1
        found += [one["id"] for one in page.select(".jobs > [data-item]")]
        following = page.select_one(".pager [rel=next]")
        page = at(client, following["href"]) if following else None
    assert (len(found), len(set(found)), pages) == (503, 503, 26)


def test_the_number_stands_on_every_page_and_counts_only_what_they_moderate(client, desk, count_queries):
    sign_in(client, desk.wouter)
    assert client.get("/accessibility").status_code == 200
    assert at(client, "/accessibility").select_one(".masthead .count") is None, "nobody counted yet"
    last_id = 0
    while last_id is not None:
        last_id = numbers.count_batch(after_id=last_id)
    db.session.commit()
    with count_queries() as seen:
        page = at(client, "/accessibility")
    assert (page.select_one(".masthead .count").get_text().split()[0], seen.count) == ("12", 1)
    role = db.session.scalars(select(Membership).where(Membership.member_id == desk.wouter.id)).one()
    role.role = Role.MEMBER
    db.session.commit()
    assert at(client, "/accessibility").select_one(".masthead .count") is None
    assert at(client, "/accessibility").select_one(".masthead [href='/desk']") is None
    assert actor(desk.wouter).moderates is False
