"""The page of hand-overs: offered, taken back, accepted and declined with forms; what others see of it."""

import re

import pytest

from forum.domain.audit import log as audit_log
from forum.domain.handovers import holdings, offers
from forum.domain.handovers.kinds import KINDS
from forum.domain.lessons import lessons
from forum.domain.spaces import memberships
from forum.infra import clock
from forum.infra.db import db
from forum.models.handovers import HandOver
from forum.models.lessons import LessonVersion
from forum.models.moderation import Action
from forum.models.spaces import Audience, Role
from forum.web.handovers import ADDRESSES
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
        "items": f"lesson-{scenario.lesson.id}",
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
        client.get(f"/spaces/{scenario.space.slug}/moderation/log").text.split()
    )


def test_buttons_name_a_lesson_that_has_no_title_yet(app, client, scenario):
    db.session.get(LessonVersion, scenario.lesson.working_id).title = ""
    db.session.commit()
    sign_in(client, scenario.curator)
    submit(client, "/hand-over/offers", offer(scenario))
    second = app.test_client()
    sign_in(second, scenario.second)
    for page in (client.get("/hand-over").text, second.get("/hand-over").text):
        named = re.findall(r'<span class="vh">: ([^<]*)</span></button>', page)
        assert named
        assert set(named) == {"A lesson without a title yet"}


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
        ({"items": []}, "Choose what you hand over."),
        ({"items": "lesson-1"}, "Not all of this"),
        ({"items": "draft-1"}, "Not all of this"),
        ({"items": "lesson-99999999999999999999"}, "Not all of this"),
        ({"items": "lesson-" + "9" * 5000}, "Not all of this"),
        ({"items": [f"lesson-{number}" for number in range(1, 102)]}, "At most 100 things at once."),
        ({"items": "nonsense"}, "Not all of this"),
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
    assert re.search(r"hold something here in their own name: \S*Cas\S* \(1\)", page)
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


def test_more_than_a_page_goes_on_the_next_and_what_is_offered_stands_first(
    app, client, scenario, monkeypatch
):
    """What one page shows is what one offer takes; nothing is left out without a link that leads to it."""
    for number in range(3):
        lessons.draft(scenario.actor("curator"), scenario.thread.id, title=f"Number {number}")
    lessons.draft(scenario.actor("second"), scenario.thread.id, title="Her own")
    db.session.commit()
    monkeypatch.setattr(holdings, "MOST", 3)
    sign_in(client, scenario.curator)
    page = client.get("/hand-over").text
    chosen = re.findall(r'value="(lesson-\d+)" checked', page)
    assert len(chosen) == 3
    following = re.search(r'href="(/hand-over\?after=[\d.]+)" rel="next"', page)[1]
    second_page = client.get(following).text
    assert not set(chosen) & set(re.findall(r'value="(lesson-\d+)" checked', second_page))
    assert second_page.count('name="items"') == 1
    assert "From the beginning" in second_page
    refused = submit(
        client, following.replace("/hand-over", "/hand-over/offers"), offer(scenario, successor="")
    )
    assert refused.text.count('name="items"') == 1, "a refused form is drawn on its own page"
    assert submit(client, "/hand-over/offers", offer(scenario, items=chosen)).location == "/hand-over"
    second = app.test_client()
    sign_in(second, scenario.second)
    assert "3 things are offered to you" in second.get("/").text
    page = second.get("/hand-over").text
    assert page.count("/acceptance") == 3
    assert "Her own" not in page
    assert "You hold nothing here" not in page, "it may stand on the next page"
    page = second.get(re.search(r'href="(/hand-over\?after=[\d.]+)" rel="next"', page)[1]).text
    assert "Her own" in page
    for nonsense in ("x", "1.1.1", "9" * 50, "0.-1.1.1", "1." + "9" * 30 + ".1.1"):
        assert second.get(f"/hand-over?after={nonsense}").status_code == 200


def test_in_a_space_with_many_moderators_a_successor_is_found_by_name(client, scenario, monkeypatch):
    monkeypatch.setattr(holdings, "MOST_SUCCESSORS", 2)
    for name in ("Aagje Peeters", "Anke Willems", "Zeger Zout"):
        make_member(name, space=scenario.space, role=Role.MODERATOR)
    suspended = make_member("Zita Zon", space=scenario.space, role=Role.MODERATOR)
    suspended.suspended_at = clock.now()
    make_member("Zus Zand", space=scenario.space, role=Role.MEMBER)
    db.session.commit()
    sign_in(client, scenario.curator)
    page = client.get("/hand-over").text
    assert "Anke Willems" in page
    assert "Zeger" not in page
    assert "2 more moderators: find them by name" in " ".join(page.split())
    page = client.get("/hand-over?name=z").text
    assert "Type at least two characters of a name." in page
    page = client.get("/hand-over?name=ze").text
    assert "Zeger Zout" in page
    assert "Anke Willems" not in page
    refused = submit(client, "/hand-over/offers?name=ze", offer(scenario, items=[]))
    assert "Zeger Zout" in refused.text, "what was looked for stays"
    for name in ("zita", "zus"):
        page = client.get(f"/hand-over?name={name}").text
        assert "No other moderator of this space has that name." in page
        assert f"{name.title()} Z" not in page


def test_of_many_who_hold_something_the_others_are_counted(client, scenario, monkeypatch):
    monkeypatch.setattr(holdings, "MOST_NAMES", 1)
    lessons.draft(scenario.actor("second"), scenario.thread.id, title="Her own")
    db.session.commit()
    sign_in(client, scenario.second)
    page = " ".join(client.get(f"/spaces/{scenario.space.slug}/members").text.split())
    assert re.search(r"hold something here in their own name: \S*Cas\S* \(1\), and 1 other\.", page)


def test_a_kind_of_item_without_its_words_or_its_address_is_noticed(client, scenario):
    """A new kind in the list needs what the page and the log say of it, and where it is to be seen."""
    assert ADDRESSES.keys() == KINDS.keys()
    for kind in KINDS.values():
        assert str(kind.label)
        assert str(kind.in_log)
        audit_log.record(
            scenario.actor("second"),
            Action.HAND_OVER,
            space_id=scenario.space.id,
            subject_id=scenario.curator.id,
            reason=kind.name,
        )
    db.session.commit()
    sign_in(client, scenario.curator)
    page = " ".join(client.get(f"/spaces/{scenario.space.slug}/moderation/log").text.split())
    assert len(set(re.findall(r"Sien took over from Cas: ([^.<]+)\.", page))) == len(KINDS)
