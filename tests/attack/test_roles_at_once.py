"""A role changes while somebody comes in or takes something over: one after the other, and never each for the other.

Whoever comes in holds an invitation, a request or an offer, and then needs the space; who changes a role holds the
space, and then needs those. In real commits; where it goes wrong PostgreSQL ends one of the two.
"""

import threading

import pytest

from forum.domain.audit import log as audit_log
from forum.domain.handovers import answers, offers
from forum.domain.people import accounts, mail_links, sessions
from forum.domain.spaces import invitations, join_requests, memberships
from forum.infra.db import db
from forum.models.accounts import Body, Level, NetworkRole
from forum.models.spaces import Role
from forum.policy.actors import actor_of
from tests.attack.test_consents_at_once import at_once
from tests.factories import actor, make_member, make_space

pytestmark = pytest.mark.live
ADDRESS = "kim@people.test"
MOMENT = 0.5  # in which the other would come to where both wait, if nothing held them


@pytest.fixture
def ids(live_app):
    """Ada and Bea moderate; Ada invited Kim, who asks to join, too, and somebody new, and offers Kim's to Bea."""
    with live_app.app_context():
        space, other = make_space("Gent", city="gent"), make_space("Genk", city="genk")
        ada, bea = (make_member(name, space=space, role=Role.MODERATOR) for name in ("Ada", "Bea"))
        kim = make_member("Kim", space=other, email=ADDRESS)
        admin = make_member("Adem", network_role=NetworkRole.ADMIN)
        invited = invitations.invite(actor(ada), space.id, email=ADDRESS, role=Role.MEMBER)
        request = join_requests.request_to_join(actor(kim), space.id)
        (offer_id,) = offers.offer(actor(ada), space.id, [("invitation", invited.id)], successor_id=bea.id)
        new = invitations.invite(actor(ada), space.id, email="new@people.test", role=Role.MEMBER)
        found = {
            "space": space.id, "ada": ada.id, "bea": bea.id, "kim": kim.id, "admin": admin.id, "invitation": invited.id,
            "token": mail_links.invitation_token(invited), "request": request.id, "offer": offer_id,
            "new": new.id, "new_token": mail_links.invitation_token(new),
        }  # fmt: skip
        db.session.commit()
        db.session.remove()
    return found


def accept(ids):
    return invitations.accept_as(actor_of(ids["kim"]), ids["token"])


def let_in(ids):
    return join_requests.answer(actor_of(ids["ada"]), ids["request"], role=Role.MEMBER)


def take_over(ids):
    return answers.accept(actor_of(ids["bea"]), ids["offer"])


def begin(ids):
    profile = invitations.Profile(
        "Kim", "three bikes in the rain", "nurse", Level.FIELD, Body.CITY, "gent", "en"
    )
    return invitations.accept(ids["new_token"], profile, password_hash="not looked at")[0].name


def suspend(ids):
    return accounts.suspend(actor_of(ids["admin"]), ids["ada"], reason="Locked out.")


# What is done, where it stands still (it holds what is its own, and does not have the space yet), and whose role
# changes by whom at that moment.
WAYS = {
    "accepted": (accept, (memberships, "grant"), ("ada", "bea")),
    "accepted by somebody new": (begin, (memberships, "grant"), ("ada", "bea")),
    "let in": (let_in, (memberships, "grant"), ("ada", "bea")),
    "suspended": (suspend, (sessions, "end_all"), ("ada", "bea")),
    "taken over": (take_over, (audit_log, "record"), ("bea", "ada")),
}


@pytest.mark.parametrize("how", ["role", "removal"])
@pytest.mark.parametrize("way", WAYS)
def test_neither_waits_for_the_other(live_app, ids, monkeypatch, way, how):
    act, (module, name), (who, by) = WAYS[way]
    holds, has_the_space = threading.Event(), threading.Event()
    real, withdraw = getattr(module, name), memberships.withdraw_invitations_of

    def standing_still(*args, **more):
        if not holds.is_set():
            holds.set()
            has_the_space.wait(MOMENT)
        return real(*args, **more)

    def with_the_space(*args):
        if holds.is_set():
            has_the_space.set()
        return withdraw(*args)

    monkeypatch.setattr(module, name, standing_still)
    monkeypatch.setattr(memberships, "withdraw_invitations_of", with_the_space)

    def change():
        assert holds.wait(10)
        changer, space_id, member_id = actor_of(ids[by]), ids["space"], ids[who]
        if how == "role":
            memberships.set_role(changer, space_id, member_id, role=Role.MEMBER)
        else:
            memberships.remove(changer, space_id, member_id, reason="Gone.")
        return "changed"

    assert at_once(live_app, [lambda: act(ids) and "done", change]) == ["done", "changed"]
