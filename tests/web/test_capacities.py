"""Pages on which capacities are confirmed, refused and ended, and what their owner sees of it."""

from datetime import date

import pytest

from forum.domain.people import capacities
from forum.infra.db import db
from forum.models.accounts import Body, Level, Member, NetworkRole
from forum.models.spaces import Role
from tests.factories import make_member, make_space, sign_in, submit


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
    submit(client, f"/capacities/{held.id}/refusal", {"reason": "We have no such job."})
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
