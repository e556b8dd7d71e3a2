"""Pages on which capacities are confirmed, refused and ended, and what their owner sees of it."""

from datetime import date

import pytest

from forum.domain.people import capacities
from forum.domain.spaces import join_requests, waiting_capacities
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, Member, NetworkRole
from forum.models.spaces import Role, SpaceKind
from tests.factories import actor, make_member, make_space, sign_in, submit


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent")


@pytest.fixture
def held(gent):
    """What Noor of Gent added, and what waits."""
    noor = make_member("Noor", space=gent)
    common = {"function": "head of youth work", "level": Level.LEAD, "body": Body.CITY, "city": "gent"}
    capacity = capacities.add(noor.id, **common, starts_on=date(2026, 1, 1))
    db.session.commit()
    return capacity


@pytest.mark.both_databases
def test_a_moderator_confirms_in_one_press_and_an_editor_cannot(client, gent, held):
    people = f"/spaces/{gent.slug}/members"
    sign_in(client, make_member("Eva", network_role=NetworkRole.EDITOR))
    assert submit(client, f"/capacities/{held.id}/confirmation").status_code == 404
    sign_in(client, make_member("Wouter", space=gent, role=Role.MODERATOR))
    assert "1 capacity waits to be confirmed" in client.get(f"/spaces/{gent.slug}").text
    shown = client.get(people).text
    assert "head of youth work" in shown
    answer = submit(client, f"/capacities/{held.id}/confirmation", {"next": people})
    assert (answer.status_code, answer.location) == (303, people)
    assert "waits to be confirmed" not in client.get(people).text
    db.session.refresh(held)
    assert held.confirmed_at is not None


def test_the_reason_of_a_refusal_is_read_in_settings(client, gent, held):
    sign_in(client, make_member("Wouter", space=gent, role=Role.MODERATOR))
    assert submit(client, f"/capacities/{held.id}/refusal", {"reason": ""}).status_code == 422
    refusals = [
        submit(client, f"/capacities/{held.id}/refusal", {"reason": reason}).location
        for reason in ("We have no such job.", "Another one.")
    ]
    said = client.get(refusals[1]).text
    assert "This was decided already." in said
    assert said.count("gets your reason by e-mail") == 1, "of the first one"
    sign_in(client, db.session.get_one(Member, held.member_id))
    shown = client.get("/settings/profile").text
    assert "We have no such job." in shown
    assert "Not confirmed" in shown


def test_who_leaves_is_removed_with_what_they_speak_as(client, gent, held):
    sign_in(client, make_member("Wouter", space=gent, role=Role.MODERATOR))
    path = f"/spaces/{gent.slug}/members/{held.member_id}/membership"
    submit(client, path, {"_method": "DELETE", "reason": "She left.", "ends": "1"})
    assert capacities.current(held.member_id) is None


def test_only_administrators_see_what_nobody_else_can_answer(client, gent, held):
    sign_in(client, make_member("Wouter", space=gent, role=Role.MODERATOR))
    assert client.get("/admin/capacities").status_code == 403
    held.city = "genk"
    sign_in(client, make_member("Beheer", network_role=NetworkRole.ADMIN))
    assert "head of youth work" in client.get("/admin/capacities").text


def test_what_waits_is_paged_and_letting_in_confirms_what_was_shown(client, gent, held, monkeypatch):
    monkeypatch.setattr(waiting_capacities, "AT_ONCE", 1)
    other = capacities.add(
        held.member_id,
        function="poet",
        level=Level.LEAD,
        body=Body.CITY,
        city="gent",
        starts_on=date(2026, 1, 1),
    )
    asks = make_member("Lotte", space=make_space("Water", kind=SpaceKind.GROUP))
    shown = capacities.add(
        asks.id, function="nurse", level=Level.FIELD, body=Body.CITY, city="gent", starts_on=date(2026, 1, 1)
    )
    db.session.get_one(Capacity, capacities.current(asks.id).id).refused_at = clock.now()
    request = join_requests.request_to_join(actor(asks), gent.id)
    wouter = make_member("Wouter", space=gent, role=Role.MODERATOR)
    sign_in(client, wouter)
    people = f"/spaces/{gent.slug}/members"
    first = client.get(people).text
    assert "3 capacities wait to be confirmed" in first
    assert f'id="capacity-{held.id}"' in first
    assert f'id="capacity-{other.id}"' not in first
    second = client.get(f"{people}?waiting={held.id}").text
    assert f'id="capacity-{other.id}"' in second
    assert f"waiting={other.id}" in second
    assert f'name="capacity" value="{shown.id}"' in first
    for crafted in ("x", str(10**17), str(held.id)):
        form = {"answer": "confirmed", "capacity": crafted}
        submit(client, f"/requests/{request.id}/answer", form)
        db.session.refresh(held)
        assert held.confirmed_at is None
    form = {"answer": "confirmed", "capacity": shown.id}
    assert submit(client, f"/requests/{request.id}/answer", form).status_code == 409
    assert shown.confirmed_at is None, "she is in, and it waits on the page"
