"""The pages of the library and of a lesson."""

import re

import pytest
from bs4 import BeautifulSoup

from forum.domain.lessons import lessons, reports
from forum.infra.db import db
from forum.models.spaces import Audience
from tests import reviewed
from tests.factories import make_member, sign_in
from tests.lesson_scenario import WORDS, build


def page(client, path, status=200):
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_a_visitor_meets_public_lessons_only(client):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    inside = scenario.published(Audience.NETWORK)
    db.session.commit()
    library = page(client, "/lessons")
    assert lesson.public_id in library
    assert inside.public_id not in library
    shown = page(client, f"/lessons/{lesson.public_id}")
    for words in ("Put talking in the roster", "Contact keeps people", WORDS, "Amina", "1.0", "CC BY 4.0"):
        assert words in shown
    page(client, f"/lessons/{inside.public_id}", 404)
    page(client, f"/lessons/{inside.public_id}/v/1.0", 404)
    page(client, f"/lessons/{inside.public_id}/compare", 404)
    page(client, "/lessons/les-1999-001", 404)


def test_filters_are_links_and_an_empty_shelf_says_what_to_do(client):
    scenario = build(Audience.PUBLIC)
    scenario.published(Audience.PUBLIC, by="editor")
    db.session.commit()
    assert "outcome=worked" in page(client, "/lessons")
    assert "No lesson matches" in page(client, "/lessons?city=gent")
    assert "Show all lessons" in page(client, "/lessons?city=gent")
    assert "Put talking" in page(client, "/lessons?city=nowhere&axis=%27--")
    assert "Put talking" in page(client, "/lessons?after=garbage")


def test_a_draft_and_a_version_in_review_have_no_page(client):
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    sign_in(client, scenario.reader)
    assert "Put talking" not in page(client, "/lessons")
    page(client, f"/lessons/les-{lesson.id}", 404)
    page(client, f"/workbench/{lesson.id}", 404)


def test_older_versions_and_what_changed_have_pages(client):
    scenario = build()
    lesson = scenario.published()
    version = lessons.revise(scenario.actor("curator"), lesson.id)
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=version.saved_count,
        recommendation="Put an hour in the roster.", change_note="an hour after all",
    )  # fmt: skip
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    sign_in(client, scenario.reader)
    assert "an hour after all" in page(client, f"/lessons/{lesson.public_id}")
    old = page(client, f"/lessons/{lesson.public_id}/v/1.0")
    assert "This is version 1.0" in old
    assert "half an hour" in old
    changed = page(client, f"/lessons/{lesson.public_id}/compare?from=1.0&to=2.0")
    assert (
        "<del>" in changed and "<ins>" in changed and "half an hour" in changed.replace("\n", " ")
    ) or "half" in changed
    page(client, f"/lessons/{lesson.public_id}/compare?from=9.9&to=x")
    page(client, f"/lessons/{lesson.public_id}/v/9.9", 404)


def test_an_outsider_finds_no_way_back_to_a_closed_thread(client):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    sign_in(client, scenario.reader)
    shown = page(client, f"/lessons/{lesson.public_id}")
    assert WORDS in shown
    assert "somebody in a large city" in shown
    for trace in (
        "Amina",
        f"/threads/{scenario.thread.id}",
        scenario.space.slug,
        scenario.thread.title,
        "city of Aalst",
    ):
        assert trace not in shown
    assert shown.count("Aalst") == shown.count('aria-hidden="true">Aalst')  # only its name beside the ring


def test_reports_stand_on_the_lesson(client):
    scenario = build()
    lesson = scenario.published()
    reports.record(
        lesson.id, city="gent", reporter_id=make_member("Kim", city="gent").id, outcome="failed",
        reported_on=lesson.published_at.date(), what_came="Nobody turned up.",
    )  # fmt: skip
    sign_in(client, scenario.reader)
    shown = page(client, f"/lessons/{lesson.public_id}")
    assert "Nobody turned up." in shown
    assert "Did not work in Gent" in shown


@pytest.mark.both_databases
def test_pages_cost_the_same_however_much_there_is(client, count_queries):
    scenario = build()
    lesson = scenario.published()
    sign_in(client, scenario.reader)

    def asked(path):
        with count_queries() as seen:
            page(client, path)
        return seen.count

    few = [asked("/lessons"), asked(f"/lessons/{lesson.public_id}")]
    for _number in range(4):
        scenario.published()
    db.session.commit()
    assert [asked("/lessons"), asked(f"/lessons/{lesson.public_id}")] == few


def test_the_library_says_what_it_is_narrowed_by_and_in_which_order(client, session):
    scenario = build(Audience.PUBLIC)
    scenario.published(Audience.PUBLIC, by="editor")
    db.session.commit()
    address = "/lessons?confidence=fair&addressee=Spokespersons&sort=certain&filters=open"
    soup = BeautifulSoup(client.get(address, headers={"Accept-Language": "en"}).text, "html.parser")
    chosen = {link.bdi.get_text(): link["href"] for link in soup.select(".chosen a") if link.bdi}
    assert chosen == {
        "Fairly certain": "/lessons?addressee=Spokespersons&sort=certain",
        "for Spokespersons": "/lessons?confidence=fair&sort=certain",
    }
    assert soup.select_one("#list a").get_text() == "Order: Most certain first"
    assert soup.select_one("#filter-sort [aria-current]").get_text() == "Most certain first"
    # An order leads to the list that it orders; a filter back to its kind, as people choose more than one.
    ends = {each["href"].partition("#")[2] for each in soup.select("#filter-sort a")}
    chosen_again = soup.select_one("#filter-confidence a")["href"]
    assert (ends, chosen_again.partition("#")[2]) == ({"list"}, "filter-confidence")
    assert {each["name"]: each["value"] for each in soup.select("main form [type=hidden]")} == {
        "confidence": "fair", "addressee": "Spokespersons",
    }  # fmt: skip
    assert "not known here" not in soup.get_text()


@pytest.mark.parametrize(
    "strange", ["confidence=sure", "applied=nowhere", "sort=best", "addressee=a&addressee=b"]
)
def test_a_filter_or_order_that_is_not_known_is_named(client, session, strange):
    page = client.get(f"/lessons?{strange}", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert f"not known here, so the list is not narrowed by it: {strange.rpartition('&')[2]}" in re.sub(
        "[\u2068\u2069]|</?bdi>", "", page.text
    )
