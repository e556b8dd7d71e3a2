"""Objections of all three kinds, decided on their own page: from the desk one is back on it, else in the list."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.audit import private_notes
from forum.infra.db import db
from forum.models.desk import DeskNote
from forum.models.measures import MeasureObjection, SpaceMeasure
from forum.models.post_reports import PostObjection
from forum.models.sealing import SealingObjection
from forum.models.spaces import Role
from tests import desk_scenario
from tests.factories import make_member, make_space, sign_in, submit
from tests.web.test_desk import at, browser, words

pytestmark = pytest.mark.both_databases
# Of each kind: what agreeing says there, what keeping it says, and how who comes second reads both.
SAID = {
    "objections": (
        "This post can be read again.",
        "The post stays hidden. Its author reads why.",
        "the post is shown again",
        "it stays hidden",
    ),
    "left_out": (
        "The author hears that leaving them out was wrong, and can write the words again.",
        "The words stay out. The author reads why.",
        "leaving it out was wrong",
        "the words stay out",
    ),
    "measures": (
        "This ended. The person hears of it.",
        "It stays. This person reads why.",
        "it ended",
        "it stays",
    ),
}
DECIDED = {"objections": PostObjection, "left_out": SealingObjection, "measures": MeasureObjection}


@pytest.fixture
def desk(session):
    """Everything that waits for Sien, and Noor who moderates with her."""
    return desk_scenario.plant()


@pytest.fixture
def noor(desk):
    found = make_member("Noor", space=desk.space, role=Role.MODERATOR)
    db.session.commit()
    return found


def forms(page):
    """The form that agrees, and the one that says why it stays."""
    agrees = page.select_one("main form:has([name=_method])")
    keeps = page.select_one("main form:has([name=answer])")
    return agrees, keeps


def fields(form):
    return {one["name"]: one.get("value", "") for one in form.select("input[name]")}


def looked_at(client, address):
    """The page on which the thing that is open there is decided, as it is opened from that desk."""
    return at(client, at(client, address).select_one("[data-opened] a[data-act='1']")["href"])


@pytest.mark.parametrize("kind", SAID)
def test_after_deciding_one_is_back_on_the_same_desk_at_the_next_thing(client, desk, kind):
    sign_in(client, desk.sien)
    key, (_agreed, kept, *_second) = desk.items[kind], SAID[kind]
    there = f"/spaces/{desk.space.slug}/moderation"
    page = looked_at(client, f"{there}?item={key}")
    cancel = next(one for one in page.select("main a") if words(one) == "Cancel")
    assert cancel["href"] == page.select_one(".kicker a")["href"] == f"{there}?item={key}#{key}"
    assert at(client, cancel["href"]).select_one("[data-opened]")["id"] == key
    keeps = forms(page)[1]
    refused = submit(client, keeps["action"], fields(keeps) | {"answer": " "})
    assert refused.status_code == 422
    again = forms(BeautifulSoup(refused.text, "html.parser"))[1]
    answer = submit(client, again["action"], fields(again) | {"answer": "It has a name in it."})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, there)
    page = at(client, answer.location)
    assert words(page.select_one(".job--done [role=status]")) == kept
    assert page.select_one(f"#{key}") is None
    assert page.select_one("[data-opened][data-focus]")["id"] in answer.location
    assert page.select(".flash") == [], "it is said once"


@pytest.mark.parametrize("kind", SAID)
def test_agreeing_leads_back_too_and_who_comes_second_reads_who_decided(client, desk, noor, kind):
    key, (agreed, _kept, first, _second) = desk.items[kind], SAID[kind]
    sien, other = browser(client, desk.sien), browser(client, noor)
    pages = [looked_at(one, f"/desk?item={key}") for one in (sien, other)]
    agrees, keeps = forms(pages[0])[0], forms(pages[1])[1]
    page = at(sien, submit(sien, agrees["action"], fields(agrees)).location)
    assert words(page.select_one(".job--done [role=status]")) == agreed
    answer = submit(other, keeps["action"], fields(keeps) | {"answer": "Somebody is in it."})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/desk")
    told = words(at(other, answer.location).select_one(".job--done"))
    assert told == f"Sien decided this just now: {first}. What you wrote is kept as a note."
    assert db.session.scalars(select(DeskNote.words)).all() == ["Somebody is in it."]


def test_what_is_kept_about_a_measure_goes_with_the_account_of_whom_it_is_about(client, desk, noor):
    sien, other = browser(client, desk.sien), browser(client, noor)
    pages = [looked_at(one, f"/desk?item={desk.items['measures']}") for one in (sien, other)]
    agrees, keeps = forms(pages[0])[0], forms(pages[1])[1]
    submit(sien, agrees["action"], fields(agrees))
    submit(other, keeps["action"], fields(keeps) | {"answer": "You were rude to Ada."})
    about = db.session.scalars(select(SpaceMeasure.member_id).join(MeasureObjection)).one()
    assert db.session.scalars(select(DeskNote.subject_id)).one() == about
    private_notes.erase(about)
    assert db.session.scalars(select(DeskNote)).all() == []


@pytest.mark.parametrize("kind", SAID)
def test_who_agrees_second_reads_that_it_stays(client, desk, noor, kind):
    key, second = desk.items[kind], SAID[kind][3]
    sien, other = browser(client, desk.sien), browser(client, noor)
    pages = [looked_at(one, f"/desk?item={key}") for one in (sien, other)]
    keeps, agrees = forms(pages[0])[1], forms(pages[1])[0]
    submit(sien, keeps["action"], fields(keeps) | {"answer": "It has a name in it."})
    page = at(other, submit(other, agrees["action"], fields(agrees)).location)
    assert words(page.select_one(".job--done")) == f"Sien decided this just now: {second}."
    row = db.session.scalars(select(DECIDED[kind]).where(DECIDED[kind].decided_at.is_not(None))).one()
    assert row.decided_by_id == desk.sien.id


@pytest.mark.parametrize("kind", SAID)
def test_who_comes_second_with_a_form_that_is_refused_reads_who_decided_too(client, desk, noor, kind):
    key, first = desk.items[kind], SAID[kind][2]
    sien, other = browser(client, desk.sien), browser(client, noor)
    pages = [looked_at(one, f"/desk?item={key}") for one in (sien, other)]
    agrees, keeps = forms(pages[0])[0], forms(pages[1])[1]
    submit(sien, agrees["action"], fields(agrees))
    for typed in ("", "Too long. " * 500):
        answer = submit(other, keeps["action"], fields(keeps) | {"answer": typed})
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/desk")
        told = words(at(other, answer.location).select_one(".job--done"))
        assert told.startswith(f"Sien decided this just now: {first}.")
    (kept,) = db.session.scalars(select(DeskNote.words)).all()
    assert kept.startswith("Too long."), "what was typed is not lost"


@pytest.mark.parametrize("kind", SAID)
def test_from_the_list_of_the_space_it_leads_to_that_list(client, desk, kind):
    sign_in(client, desk.sien)
    there = f"/spaces/{desk.space.slug}/reports"
    path = at(client, f"/desk?item={desk.items[kind]}").select_one("[data-opened] a[data-act='1']")["href"]
    page = at(client, path.partition("?")[0])
    assert next(one for one in page.select("main a") if words(one) == "Cancel")["href"] == there
    agrees = forms(page)[0]
    answer = submit(client, agrees["action"], fields(agrees))
    assert (answer.status_code, answer.location) == (303, there)
    assert SAID[kind][0] in words(at(client, there))


@pytest.mark.parametrize("kind", SAID)
def test_no_address_leads_away_and_nobody_else_learns_what_was_decided(client, desk, kind):
    els = make_member("Els", space=make_space("Ieper"), role=Role.MODERATOR)
    db.session.commit()
    sign_in(client, desk.sien)
    key = desk.items[kind]
    path = (
        at(client, f"/desk?item={key}").select_one("[data-opened] a[data-act='1']")["href"].partition("?")[0]
    )
    away = f"{path}?then=desk&item={key}&next=https://elsewhere.example/"
    page = at(client, away)
    assert "elsewhere.example" not in "".join(one["href"] for one in page.select("main a"))
    sent = fields(forms(page)[0]) | {"next": "//elsewhere.example/"}
    assert submit(client, path, sent).location == "/desk"
    other = browser(client, els)
    for then in ({}, {"then": "desk", "item": key, "next": "/desk"}):
        answer = submit(other, path, {**then, "answer": "Mine.", "_method": "delete"})
        told = answer.text if answer.status_code != 303 else other.get(answer.location).text
        # By now Els reads the post that is shown again, and may not decide on it; of the others nothing is there.
        assert answer.status_code == (403 if kind == "objections" else 303 if then else 404)
        assert "Sien" not in told
        assert SAID[kind][2] not in told
    assert db.session.scalars(select(DeskNote)).all() == []
