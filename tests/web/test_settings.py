"""Somebody's own settings."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from forum.domain.people import capacities
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level
from forum.models.spaces import Role, Space
from tests.factories import csrf_for, join, make_account, make_member, make_space, sign_in, submit

GOOD = "drie fietsen in de regen"


@pytest.fixture
def noor(client):
    member = make_member("Noor", space=make_space("Gent", city="gent"))
    sign_in(client, member)
    return member


CAPACITY = {
    "function": "head of youth work",
    "level": "lead",
    "body": "ocmw",
    "city": "gent",
    "starts_on": "2026-01-05",
}
PROFILE = {"name": "Noor B.", "locale": "nl", "timezone": "Europe/Lisbon", "theme": "dark"}


def test_a_profile_is_kept(client, noor):
    assert submit(client, "/settings/profile", PROFILE).status_code == 303
    db.session.refresh(noor)
    assert (noor.name, noor.locale, noor.timezone, noor.theme) == ("Noor B.", "nl", "Europe/Lisbon", "dark")
    page = client.get("/settings/profile").get_data(as_text=True)
    assert 'data-theme="dark"' in page
    assert 'lang="nl-BE"' in page
    submit(client, "/settings/profile", PROFILE | {"locale": "", "theme": ""})
    db.session.refresh(noor)
    assert (noor.locale, noor.theme) == (None, None)


def test_a_profile_in_another_language_answers_in_that_language(client, noor):
    for locale, answer in (("nl", "Je profiel is bewaard."), ("en", "Your profile is saved.")):
        page = client.post(
            "/settings/profile",
            data={**PROFILE, "locale": locale, "csrf_token": csrf_for(client)},
            follow_redirects=True,
        )
        assert answer in page.text


def test_a_capacity_reads_as_beside_a_post(client, noor):
    submit(client, "/settings/capacities", CAPACITY | {"body": "association"})
    submit(client, "/settings/profile", PROFILE)
    assert "vereniging in Gent" in client.get("/settings/profile").text


@pytest.mark.parametrize("wrong", [
    {"name": " "}, {"name": "x" * 81}, {"timezone": "Mars/Olympus"}, {"locale": "fr"}, {"theme": "pink"},
])  # fmt: skip
def test_what_cannot_be_is_refused_and_the_rest_kept(client, noor, wrong):
    answer = submit(client, "/settings/profile", PROFILE | wrong)
    assert answer.status_code == 422
    assert "Europe/Lisbon" in answer.get_data(as_text=True)
    db.session.refresh(noor)
    assert noor.name == "Noor"


def test_a_capacity_is_added_and_ended_and_stays(client, noor):
    assert submit(client, "/settings/capacities", CAPACITY).status_code == 303
    capacity = db.session.scalars(select(Capacity).where(Capacity.function == "head of youth work")).one()
    assert capacities.current(noor.id).function == "field worker", "which is confirmed"
    assert submit(client, f"/settings/capacities/{capacity.id}/ending").status_code == 303
    assert db.session.get_one(Capacity, capacity.id).ends_on == days.today(noor.timezone)
    assert len(db.session.scalars(select(Capacity).where(Capacity.member_id == noor.id)).all()) == 2
    assert "head of youth work" in client.get("/settings/profile").get_data(as_text=True)


def test_other_words_for_what_somebody_does_wait_and_what_was_looked_at_does_not_change(app, client, noor):
    """Neither what a moderator looks at at this moment, nor what is confirmed, turns into something else."""
    wouter = make_member("Wouter", role=Role.MODERATOR)
    join(wouter, db.session.scalars(select(Space)).one(), Role.MODERATOR)
    confirmed = capacities.current(noor.id)
    submit(client, "/settings/capacities", CAPACITY | {"function": "haed of youth work"})
    typo = db.session.scalars(select(Capacity).where(Capacity.function == "haed of youth work")).one()

    def reword(held, function):
        return submit(client, f"/settings/capacities/{held.id}/function", {"function": function})

    def open_ones():
        rows = select(Capacity).where(Capacity.member_id == noor.id, Capacity.ends_on.is_(None))
        return {
            (row.function, row.body.value, row.confirmed_at is not None) for row in db.session.scalars(rows)
        }

    assert reword(typo, "haed of youth work").status_code == 303, "which changes nothing"
    assert reword(typo, "head of youth work").status_code == 303
    assert open_ones() == {("field worker", "city", True), ("head of youth work", "ocmw", False)}
    desk = app.test_client()
    sign_in(desk, wouter)
    assert submit(desk, f"/capacities/{typo.id}/confirmation").status_code == 409
    assert reword(confirmed, "mayor").status_code == 303
    assert open_ones() >= {("field worker", "city", True), ("mayor", "city", False)}
    assert capacities.current(noor.id).function == "field worker"
    mayor = db.session.scalars(select(Capacity).where(Capacity.function == "mayor")).one()
    client.get("/settings/profile")  # what was said until now
    for held, words, said in (
        (mayor, "alderman", "Added in the new words. They count once somebody confirms them."),
        (confirmed, "alderman", "You have this capacity already. It counts once somebody confirms it."),
        (None, "field worker", "You have this capacity already, and it is confirmed."),
    ):
        waits = db.session.scalars(select(Capacity).where(Capacity.function == "alderman")).one_or_none()
        page = client.get(reword(held or waits, words).location).text
        assert said in page
        assert page.count("once somebody confirms") == said.count("once somebody confirms")
    of_before = db.session.get_one(
        Capacity,
        capacities.add(
            noor.id, function="guide", level=Level.FIELD, body=Body.CITY, city=None, starts_on=days.today()
        ).id,
    )
    assert reword(of_before, "city guide").status_code == 303, "nothing but its words is asked"
    assert ("city guide", "city", False) in open_ones()
    for wrong in (" ", "m" * 101):
        refused = reword(confirmed, wrong)
        assert refused.status_code == 422
        assert f'id="function-{confirmed.id}-error"' in refused.text
        assert wrong in refused.text
    for other in (typo, capacities.current(wouter.id)):
        assert reword(other, "mayor").status_code == 404


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Auckland", "2026-12-01"), ("America/New_York", "2026-11-30")]
)
def test_the_profile_offers_the_members_own_day(client, noor, zone, day):
    noor.timezone = zone
    db.session.commit()
    with clock.at(datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)):
        page = client.get("/settings/profile").text
    assert re.search(rf'<input[^>]* max="{day}"[^>]* value="{day}"', page)


def test_a_capacity_of_tomorrow_or_of_somebody_else_is_refused(client, noor):
    new = {
        "function": "mayor",
        "level": "politics",
        "body": "city",
        "city": "gent",
        "starts_on": "2199-01-01",
    }
    answer = submit(client, "/settings/capacities", new)
    assert answer.status_code == 422
    assert "mayor" in answer.get_data(as_text=True)
    for body, status in (("city", 422), ("association", 303)):  # an administration is that of a city
        sent = CAPACITY | {"body": body, "city": "network"}
        answer = submit(client, "/settings/capacities", sent)
        assert (answer.status_code, 'id="city-error"' in answer.text) == (status, status == 422)
    other = make_member("Kim", city="aalst")
    db.session.commit()
    theirs = capacities.current(other.id)
    assert submit(client, f"/settings/capacities/{theirs.id}/ending").status_code == 404
    assert theirs.ends_on is None


def test_changing_a_password_asks_the_present_one(app, client, session):
    member = make_account(
        email="noor@city.test", name="Noor", password=GOOD, locale="en", confirmed=True, approved=True
    )
    elsewhere = app.test_client()
    for browser in (client, elsewhere):
        sign_in(browser, member)
    new = "een heel ander wachtwoord"
    assert submit(client, "/settings/security", {"current": "wrong", "password": new}).status_code == 422
    assert submit(client, "/settings/security", {"current": GOOD, "password": "short"}).status_code == 422
    assert elsewhere.get("/settings/profile").status_code == 200
    assert submit(client, "/settings/security", {"current": GOOD, "password": new}).status_code == 303
    assert client.get("/settings/profile").status_code == 200
    assert elsewhere.get("/settings/profile").status_code == 303


def test_a_member_chooses_a_language_on_any_page(client, noor):
    answer = submit(client, "/settings/language", {"locale": "nl", "next": "/privacy"})
    assert (answer.status_code, answer.location) == (303, "/privacy")
    db.session.refresh(noor)
    assert noor.locale == "nl"
    assert submit(client, "/settings/language", {"locale": "xx", "next": "//evil.test"}).location == "/"
    db.session.refresh(noor)
    assert noor.locale == "nl"


def test_a_visitor_has_no_setting_to_change(client, session):
    assert submit(client, "/settings/language", {"locale": "nl"}).status_code == 403


def test_all_other_devices_end_at_once(app, client, noor):
    others = [app.test_client() for _n in range(3)]
    with clock.at(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)):
        for other in others:
            sign_in(other, noor)
    with clock.at(datetime(2026, 3, 2, 22, 59, tzinfo=UTC)):
        for page in ("/settings/sessions", "/settings/security"):
            assert "Last used: today at 10:00" in client.get(page).text
        assert "signed in nowhere else" not in client.get("/settings/sessions").text
        assert [other.get("/settings/profile").status_code for other in others] == [200, 200, 200]
        assert submit(client, "/settings/sessions/others/ending").status_code == 303
        assert "signed in nowhere else" in client.get("/settings/sessions").text
        assert [other.get("/settings/profile").status_code for other in others] == [303, 303, 303]
        assert client.get("/settings/profile").status_code == 200


def test_who_waits_for_a_moderator_has_settings_and_is_told(client, session):
    sign_in(client, make_member("New", approved_at=None))
    page = client.get("/settings/profile")
    assert page.status_code == 200
    assert "A moderator still has to let you in." in page.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/help", "/accessibility", "/privacy"])
def test_the_statements_are_for_everybody(client, session, path):
    assert client.get(path).status_code == 200


def test_a_capacity_begins_in_somebodys_life_and_is_said_once(client, noor):
    assert submit(client, "/settings/capacities", CAPACITY).status_code == 303
    assert submit(client, "/settings/capacities", CAPACITY).status_code == 303  # sent twice
    for starts_on, said in (
        ("1850-01-01", "Choose a year from"),
        ("2026-02-05", "You speak as this already"),
    ):
        page = submit(client, "/settings/capacities", CAPACITY | {"starts_on": starts_on})
        assert (page.status_code, said in page.text, "head of youth work" in page.text) == (422, True, True)
    said = select(Capacity).where(Capacity.function == CAPACITY["function"])
    assert len(db.session.scalars(said).all()) == 1
    assert submit(client, "/settings/capacities", CAPACITY | {"body": "city"}).status_code == 303
