"""The page of hand-overs: offered, taken back, accepted and declined with forms; what others see of it."""

import re

import pytest

from forum.domain.handovers import holdings, offers
from forum.domain.lessons import lessons
from forum.domain.spaces import memberships
from forum.infra.db import db
from forum.models.handovers import HandOver
from forum.models.spaces import Audience, Role
from tests.factories import make_member, sign_in, submit
from tests.lesson_scenario import build

TITLE = "Put talking in the roster"


@pytest.fixture
def scenario(session):
    made = build()
    made.lesson = made.draft()
    db.session.commit()
    return made


def offer(scenario, **over):
    fields = {
        "space": scenario.space.id,
        "group": "own",
        "pieces": f"lesson-{scenario.lesson.id}",
        "successor": scenario.second.id,
    }
    return {**fields, **over}


def test_it_is_offered_piece_by_piece_accepted_and_led_to_from_home(app, client, scenario):
    sign_in(client, scenario.curator)
    assert 'href="/hand-over"' in client.get("/workbench").text
    page = client.get("/hand-over").text
    assert TITLE in page
    assert re.search(rf'value="lesson-{scenario.lesson.id}" checked', page)
    assert "Sien" in page
    assert submit(client, "/hand-over/offers", offer(scenario)).location == "/hand-over"
    page = client.get("/hand-over").text
    assert "offered to" in page
    assert "Take the offer back" in page
    number = db.session.scalar(db.select(HandOver.id))
    second = app.test_client()
    sign_in(second, scenario.second)
    assert "1 thing is offered to you" in second.get("/").text
    page = second.get("/hand-over").text
    assert "Offered to you" in page
    assert TITLE in page
    assert submit(second, f"/hand-over/offers/{number}/acceptance", {}).location == "/hand-over"
    assert "You have taken it over." in second.get("/hand-over").text
    assert "is offered to you" not in second.get("/").text
    assert TITLE not in client.get("/hand-over").text
    assert "Sien took over from Cas: a lesson." in " ".join(
        client.get(f"/spaces/{scenario.space.slug}/moderation").text.split()
    )


def test_it_is_declined_and_taken_back(app, client, scenario):
    sign_in(client, scenario.curator)
    second = app.test_client()
    sign_in(second, scenario.second)
    for address, browser, fields in (("/refusal", second, {}), ("", client, {"_method": "DELETE"})):
        submit(client, "/hand-over/offers", offer(scenario))
        number = db.session.scalar(db.select(HandOver.id).where(HandOver.ended_at.is_(None)))
        assert submit(browser, f"/hand-over/offers/{number}{address}", fields).status_code == 303
        assert submit(second, f"/hand-over/offers/{number}/acceptance", {}).status_code == 409
        assert f'value="lesson-{scenario.lesson.id}"' in client.get("/hand-over").text
    db.session.refresh(scenario.lesson)
    assert scenario.lesson.curator_id == scenario.curator.id


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"pieces": []}, "Choose what you hand over."),
        ({"pieces": "lesson-1"}, "Not all of this"),
        ({"pieces": "draft-1"}, "Not all of this"),
        ({"pieces": "lesson-99999999999999999999"}, "Not all of this"),
        ({"pieces": "lesson-" + "9" * 5000}, "Not all of this"),
        ({"pieces": [f"lesson-{number}" for number in range(1, 102)]}, "At most 100 things at once."),
        ({"pieces": "nonsense"}, "Not all of this"),
        ({"successor": ""}, "Choose a moderator of this space."),
        ({"successor": "99999999999"}, "Choose a moderator of this space."),
        ({"successor": "9" * 5000}, "Choose a moderator of this space."),
        ({"successor": "x"}, "Choose a moderator of this space."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, scenario, wrong, sentence):
    sign_in(client, scenario.curator)
    page = submit(client, "/hand-over/offers", offer(scenario, **wrong))
    assert page.status_code == 422
    assert sentence in page.text
    assert TITLE in page.text


def test_who_moderates_nothing_has_no_such_page_and_others_see_nothing_of_it(app, client, scenario):
    offers.offer(
        scenario.actor("curator"),
        scenario.space.id,
        [("lesson", scenario.lesson.id)],
        successor_id=scenario.second.id,
    )
    db.session.commit()
    assert client.get("/hand-over").status_code == 303, "a visitor signs in first"
    guest = make_member("Gust", space=scenario.space, role=Role.GUEST)
    pending = make_member("Pia")
    pending.approved_at = None
    db.session.commit()
    for member in (guest, pending, scenario.author, scenario.reader):
        browser = app.test_client()
        sign_in(browser, member)
        assert browser.get("/hand-over").status_code == 403
        assert "offered to you" not in browser.get("/").text
    number = db.session.scalar(db.select(HandOver.id))
    for member in (scenario.reviewer, scenario.editor):
        browser = app.test_client()
        sign_in(browser, member)
        assert TITLE not in browser.get("/hand-over").text
        for verb in ("acceptance", "refusal"):
            assert submit(browser, f"/hand-over/offers/{number}/{verb}", {}).status_code == 404
        assert submit(browser, f"/hand-over/offers/{number}", {"_method": "DELETE"}).status_code == 404
        said = submit(browser, "/hand-over/offers", offer(scenario))
        assert said.status_code in {403, 404}
        assert TITLE not in said.text


def test_the_page_of_people_says_who_holds_something_and_leads_to_what_was_left_behind(client, scenario):
    sign_in(client, scenario.second)
    people = f"/spaces/{scenario.space.slug}/members"
    page = " ".join(client.get(people).text.split())
    assert re.search(r"hold something here: \S*Cas\S* \(1\)", page)
    memberships.set_role(scenario.actor("second"), scenario.space.id, scenario.curator.id, role=Role.MEMBER)
    db.session.commit()
    assert "Left behind" in client.get("/hand-over").text
    fields = offer(scenario, group="left")
    assert submit(client, "/hand-over/offers", fields).location == "/hand-over"
    db.session.refresh(scenario.lesson)
    assert scenario.lesson.curator_id == scenario.second.id
    page = client.get("/hand-over").text
    assert "Left behind" not in page
    browser_page = client.get(people).text
    assert "Sien" in browser_page


def test_a_moderator_with_nothing_and_one_alone_read_what_to_do(client, scenario):
    sign_in(client, scenario.second)
    assert "Nothing here is in your name." in client.get("/hand-over").text
    memberships.set_role(scenario.actor("curator"), scenario.space.id, scenario.second.id, role=Role.MEMBER)
    db.session.commit()
    sign_in(client, scenario.curator)
    page = client.get("/hand-over").text
    assert "You are the only moderator here." in page
    assert "Take over" not in page


def test_the_reason_why_something_cannot_be_taken_stands_beside_it(client, scenario):
    offers.offer(
        scenario.actor("curator"),
        scenario.space.id,
        [("lesson", scenario.lesson.id)],
        successor_id=scenario.second.id,
    )
    lessons.submit(
        scenario.actor("curator"),
        scenario.lesson.id,
        audience=Audience.SPACE,
        asked_id=scenario.second.id,
    )
    db.session.commit()
    sign_in(client, scenario.second)
    page = client.get("/hand-over").text
    assert "Who is asked by name to check a lesson cannot make it" in page
    assert 'aria-disabled="true"' in page


def test_more_than_one_offer_takes_goes_in_two_and_what_is_offered_stands_first(
    app, client, scenario, monkeypatch
):
    """The page chooses what the verb takes; where there is more than a page, what home counts comes first."""
    for number in range(3):
        lessons.draft(scenario.actor("curator"), scenario.thread.id, title=f"Number {number}")
    lessons.draft(scenario.actor("second"), scenario.thread.id, title="Her own")
    db.session.commit()
    monkeypatch.setattr(offers, "MOST", 3)
    sign_in(client, scenario.curator)
    page = " ".join(client.get("/hand-over").text.split())
    chosen = re.findall(r'value="(lesson-\d+)" checked', page)
    assert len(chosen) == 3
    assert "3 things at once. The rest follows here after them." in page
    assert submit(client, "/hand-over/offers", offer(scenario, pieces=chosen)).location == "/hand-over"
    page = client.get("/hand-over").text
    left = re.findall(r'value="(lesson-\d+)" checked', page)
    assert len(left) == 1
    assert left[0] not in chosen
    assert "at once" not in page
    monkeypatch.setattr(holdings, "MOST", 3)
    second = app.test_client()
    sign_in(second, scenario.second)
    assert "3 things are offered to you" in second.get("/").text
    page = second.get("/hand-over").text
    assert page.count("/acceptance") == 3
    assert "There is more than one page shows." in page
    assert "Her own" not in page
