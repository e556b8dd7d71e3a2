"""The page of a space's people, and that of the network's accounts."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.domain.people import capacities
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Level, NetworkRole
from forum.models.spaces import Invitation, JoinRequest, Role, SpaceKind
from tests.factories import actor, join, make_member, make_space, sign_in, submit

KINDS = ("request", "capacity", "member", "invitation")


def test_members_see_names_and_only_moderators_see_buttons(client, gent, moderator):
    kim = make_member("Kim", space=gent)
    path = f"/spaces/{gent.slug}/members"
    sign_in(client, kim)
    page = client.get(path).get_data(as_text=True)
    assert "Wouter" in page
    assert "/membership" not in page
    assert "people.test" not in page
    sign_in(client, moderator)
    assert f"/members/{kim.id}/membership" in client.get(path).get_data(as_text=True)


def test_outsiders_get_403_and_an_unlisted_space_is_not_there(client, gent, moderator):
    sign_in(client, make_member("Leen", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR))
    assert client.get(f"/spaces/{gent.slug}/members").status_code == 403
    assert client.get(f"/spaces/{make_space('Hidden', unlisted=True).slug}/members").status_code == 404


def test_a_moderator_changes_a_role_and_removes_with_a_reason(client, gent, moderator):
    kim = make_member("Kim", space=gent)
    sign_in(client, moderator)
    path = f"/spaces/{gent.slug}/members/{kim.id}"
    assert "then they are told" in client.get(f"/spaces/{gent.slug}/members").text
    assert submit(client, f"{path}/role", {"role": "guest"}).status_code == 303
    assert actor(kim).roles == {gent.id: Role.GUEST}
    assert submit(client, f"{path}/role", {"role": "queen"}).status_code == 422
    assert submit(client, f"{path}/membership", {"_method": "DELETE", "reason": ""}).status_code == 422
    assert submit(client, f"{path}/membership", {"reason": "no method"}).status_code == 405
    assert submit(client, f"{path}/membership", {"_method": "delete", "reason": "moved"}).status_code == 303
    assert actor(kim).roles == {}


def test_what_is_refused_is_said_at_the_form_of_that_member(client, gent, moderator):
    make_member("Kim", space=gent)
    sign_in(client, moderator)
    path, number = f"/spaces/{gent.slug}/members/{moderator.id}", moderator.id
    answer = submit(client, f"{path}/role", {"role": "member"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count("A space needs at least one moderator.") == 2, "on top of the form, and at the field"
    assert f'id="role-{number}" aria-invalid="true" aria-describedby="role-{number}-error"' in page
    assert page.count("<details open>") == 1
    for reason, said in (("", "Say why: this person reads it."), ("I leave.", "at least one moderator")):
        answer = submit(client, f"{path}/membership", {"_method": "DELETE", "reason": reason})
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
        assert f'name="reason" value="{reason}"' in answer.get_data(as_text=True)
    assert actor(moderator).roles == {gent.id: Role.MODERATOR}


def test_members_change_nothing(client, gent, moderator):
    kim = make_member("Kim", space=gent)
    sign_in(client, kim)
    path = f"/spaces/{gent.slug}/members/{moderator.id}"
    assert submit(client, f"{path}/role", {"role": "guest"}).status_code == 403
    assert submit(client, f"{path}/membership", {"_method": "DELETE", "reason": "x"}).status_code == 403


def test_a_member_asks_to_join_and_a_moderator_answers(app, client, gent, moderator):
    group = make_space("Wonen", kind=SpaceKind.GROUP)
    keeper = make_member("Bram", space=group, role=Role.MODERATOR)
    kim = make_member("Kim", space=gent)
    sign_in(client, kim)
    assert client.get(f"/spaces/{group.slug}/requests/new").status_code == 200
    assert submit(client, f"/spaces/{group.slug}/requests", {"message": "m" * 600}).status_code == 422
    assert (
        submit(client, f"/spaces/{group.slug}/requests", {"message": "I work on housing."}).status_code == 303
    )
    request = db.session.scalars(select(JoinRequest)).one()
    assert submit(client, f"/requests/{request.id}/answer", {"answer": "member"}).status_code == 404
    desk = app.test_client()
    sign_in(desk, keeper)
    assert "I work on housing." in desk.get(f"/spaces/{group.slug}/members").get_data(as_text=True)
    assert submit(desk, f"/requests/{request.id}/answer", {"answer": "moderator"}).status_code == 422
    assert submit(desk, f"/requests/{request.id}/answer", {"answer": "member"}).status_code == 303
    assert actor(kim).roles[group.id] == Role.MEMBER
    assert submit(desk, f"/requests/{request.id}/answer", {"answer": "no"}).status_code == 409


def crowd(gent, leuven, moderator, number):
    """One more of all that the page shows: two people, two who ask, a capacity that waits, an invitation."""
    member = make_member(f"P{number}", space=gent)
    guest = make_member(f"G{number}", space=gent, role=Role.GUEST, city="leuven")
    join(member, leuven)
    join(guest, leuven)
    common = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "starts_on": days.today()}
    newcomer = make_member(f"N{number}", approved_at=None)
    for one in (member, newcomer):
        capacities.add(one.id, city="gent", **common)
    asker = make_member(f"K{number}", space=make_space(f"S{number}"))
    now, later = clock.now(), clock.now() + timedelta(days=9)
    db.session.add_all(
        JoinRequest(space_id=gent.id, member_id=one.id, asked_at=now) for one in (newcomer, asker)
    )
    address = f"new{number}@example.org"
    db.session.add(
        Invitation(
            space_id=gent.id, email=address, role=Role.MEMBER, locale="en", invited_by_id=moderator.id,
            responsible_id=moderator.id, invited_at=now, expires_at=later,
        )
    )  # fmt: skip
    db.session.commit()


@pytest.mark.both_databases
def test_a_moderator_waits_for_eight_queries_however_large_the_space(client, gent, moderator, count_queries):
    leuven, slug, made = make_space("Leuven", city="leuven"), gent.slug, 0
    join(moderator, leuven)
    sign_in(client, moderator)
    for size in (1, 20):
        for number in range(made, size):
            crowd(gent, leuven, moderator, number)
        made = size
        for query, people in (
            ("", 2 * size + 1),
            ("?role=guest&city=leuven", size),
            ("?name=zz", 0),
        ):
            client.get(f"/spaces/{slug}/members{query}")
            with count_queries() as seen:
                soup = BeautifulSoup(client.get(f"/spaces/{slug}/members{query}").text, "html.parser")
            assert seen.count <= 8, (size, query, seen.count)
            found = [len(soup.select(f".record[id^={kind}-]")) for kind in KINDS]
            assert found == [2 * size, size, people, size], (size, query)
            assert f"{size} capacit" in soup.select_one("#capacities").text
            met = soup.select(f".record[id^=member-] a[href='/spaces/{leuven.slug}']")
            assert len(met) == people, (size, query)
            assert f"({size})" in soup.text, "what the moderator holds: each invitation"


def test_administrators_suspend_and_readmit(app, client, gent):
    boss = make_member("Beheer", network_role=NetworkRole.ADMIN)
    kim = make_member("Kim", space=gent)
    hers = app.test_client()
    sign_in(hers, kim)
    sign_in(client, boss)
    assert "Kim" in client.get("/admin/members").get_data(as_text=True)
    path = f"/admin/members/{kim.id}/suspension"
    refused = submit(client, path, {"reason": ""})
    assert refused.status_code == 422
    assert f'aria-describedby="reason-{kim.id}-error"' in refused.text
    assert submit(client, f"/admin/members/{boss.id}/suspension", {"reason": "x"}).status_code == 422
    assert submit(client, path, {"reason": "shouts"}).status_code == 303
    assert hers.get("/settings/profile").status_code == 303
    assert submit(client, path, {"reason": "talked", "_method": "DELETE"}).status_code == 303
    sign_in(hers, kim)
    assert hers.get("/settings/profile").status_code == 200


def test_nobody_else_administers(client, gent, moderator):
    for who in (moderator, make_member("Eva", network_role=NetworkRole.EDITOR)):
        sign_in(client, who)
        assert client.get("/admin/members").status_code == 403
        assert submit(client, f"/admin/members/{moderator.id}/suspension", {"reason": "x"}).status_code == 403
