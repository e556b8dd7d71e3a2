"""Every way into a confirmed capacity, for every body and role: who of them is confirmed, and lights the city."""

import ast
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from forum.domain.people import capacities, mail_links, profiles
from forum.domain.spaces import access_requests, confirmations, invitations, join_requests
from forum.domain.threads import post_store, threads
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, NetworkRole
from forum.models.spaces import AccessRequest, Role, SpaceKind
from forum.policy.errors import Invalid
from tests.factories import GOOD, actor, join, make_member, make_space, make_thread
from tests.rules.source import ROOT
from tests.speaking import confirmed_cities
from tests.sweeps import once

# Within the four weeks that an invitation holds.
NOON = (clock.now() - timedelta(days=10)).replace(hour=12, minute=0, second=0, microsecond=0)
BODIES = {
    "city": (Body.CITY, "gent"),
    "ocmw": (Body.OCMW, "gent"),
    "asso": (Body.ASSOCIATION, "gent"),
    "comp": (Body.COMPANY, "gent"),
    "citi": (Body.CITIZENS, "gent"),
    "acad": (Body.ACADEMIC, "gent"),
    "gove": (Body.GOVERNMENT, "gent"),
    "netw": (Body.NETWORK, "gent"),
    "none": (Body.ACADEMIC, None),
    "genk": (Body.CITY, "genk"),
}
# `L` confirmed, and lights its city; `c` confirmed, and lights none; `.` waits.
TABLE = """
                                       city ocmw asso comp citi acad gove netw none genk
invited new as guest                    L    L    .    .    .    .    .    .    .    .
invited new as member                   L    L    .    .    .    .    .    .    .    .
invited new as moderator                L    L    .    .    .    .    .    .    .    .
invited with an account as guest        L    L    .    .    .    .    .    .    .    .
invited with an account as member       L    L    .    .    .    .    .    .    .    .
invited into a group                    .    .    .    .    .    .    .    .    .    .
asked for access                        .    .    .    .    .    .    .    .    .    .
let in as guest                         .    .    .    .    .    .    .    .    .    .
let in as member                        .    .    .    .    .    .    .    .    .    .
let in as member and confirmed          L    L    L    L    c    c    c    c    c    .
added later by a member                 .    .    .    .    .    .    .    .    .    .
added first by who was placed           L    L    .    .    .    .    .    .    .    .
confirmed by the moderator who hosts    L    L    L    L    c    c    c    c    c    .
confirmed by an administrator           L    L    L    L    c    c    c    c    c    L
confirmed by an editor                  .    .    .    .    .    .    .    .    .    .
confirmed on the command line           L    L    L    L    c    c    c    c    c    L
"""


class Town:
    """Gent and a group, both moderated by Wouter, Genk, the network's own space, and somebody who asks."""

    def __init__(self, app):
        self.app = app
        self.gent = make_space("Gent", city="gent")
        self.group = make_space("Water", kind=SpaceKind.GROUP)
        self.wouter = make_member("Wouter", space=self.gent, role=Role.MODERATOR)
        join(self.wouter, self.group, Role.MODERATOR)
        make_space("Genk", city="genk")
        make_space("Netwerkplein", kind=SpaceKind.NETWORK)
        self.asker = make_member("Asker", space=self.group)

    def invite(self, email, role, space=None):
        """The token of an invitation by Wouter."""
        with clock.at(NOON):
            row = invitations.invite(actor(self.wouter), (space or self.gent).id, email=email, role=role)
        return mail_links.invitation_token(row)

    def member(self, code, space=None, role=Role.MEMBER):
        """Somebody with only this capacity, which waits."""
        member = make_member("Noor", space=space, role=role)
        db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
        capacities.add(member.id, starts_on=NOON.date(), **said(code))
        return member


def said(code):
    body, city = BODIES[code]
    return {"function": "coach", "level": Level.FIELD, "body": body, "city": city}


def invited_new(role, group=False):
    def way(town, code):
        token = town.invite(f"{code}@people.test", role, town.group if group else None)
        profile = invitations.Profile(name="Noor", password=GOOD, locale="en", **said(code))
        secret = invitations.hash_password(token, profile)
        return invitations.accept(token, profile, password_hash=secret)[0]

    return way


def invited_with_account(role):
    def way(town, code):
        member = town.member(code, town.group)
        invitations.accept_as(actor(member), town.invite(member.email, role))
        return member

    return way


def asked_for_access(town, code):
    city = BODIES[code][1] or access_requests.NETWORK
    newcomer = access_requests.Newcomer(
        name="Noor", email=f"{code}@people.test", message="", locale="en", **(said(code) | {"city": city})
    )
    access_requests.ask(newcomer, address="127.0.0.1")
    request = db.session.scalars(select(AccessRequest).where(AccessRequest.email == newcomer.email)).one()
    token = mail_links.confirm_token(request)
    member = access_requests.confirm(token, password_hash=access_requests.hash_password(token, GOOD))
    member.approved_at = NOON
    join(member, town.group)  # where they are read
    return member


def let_in(role, confirms=False):
    def way(town, code):
        member = town.member(code, town.group)
        request = join_requests.request_to_join(actor(member), town.gent.id)
        wouter = actor(town.wouter)
        (shown,) = [card.confirms for card in join_requests.of_space(wouter, town.gent.id)]
        join_requests.answer(wouter, request.id, role=role)
        if confirms:
            confirmed = confirmations.confirm_let_in(wouter, member.id, town.gent.id, capacity_id=shown or 0)
            assert confirmed == (shown is not None)
        return member

    return way


def added_later(town, code):
    member = make_member("Noor", space=town.gent)
    profiles.add_capacity(actor(member), starts_on=NOON.date(), **said(code))
    return member


def added_first(town, code):
    member = make_member("Noor", space=town.gent)
    db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
    profiles.add_capacity(actor(member), starts_on=NOON.date(), **said(code))
    return member


def pressed(who):
    def way(town, code):
        member = town.member(code, town.gent, Role.GUEST)
        held = capacities.current(member.id)
        by = town.wouter if who is None else make_member(who, network_role=who)
        try:
            confirmations.confirm(actor(by), held.id)
        except confirmations.NotFound:
            assert who == NetworkRole.EDITOR or BODIES[code][1] == "genk"
        return member

    return way


def on_the_command_line(town, code):
    member = town.member(code, town.gent, Role.GUEST)
    db.session.commit()
    assert town.app.test_cli_runner().invoke(args=["member", "confirm", member.email]).exit_code == 0
    return member


WAYS = {
    "invited new as guest": invited_new(Role.GUEST),
    "invited new as member": invited_new(Role.MEMBER),
    "invited new as moderator": invited_new(Role.MODERATOR),
    "invited with an account as guest": invited_with_account(Role.GUEST),
    "invited with an account as member": invited_with_account(Role.MEMBER),
    "invited into a group": invited_new(Role.MEMBER, group=True),
    "asked for access": asked_for_access,
    "let in as guest": let_in(Role.GUEST),
    "let in as member": let_in(Role.MEMBER),
    "let in as member and confirmed": let_in(Role.MEMBER, confirms=True),
    "added later by a member": added_later,
    "added first by who was placed": added_first,
    "confirmed by the moderator who hosts": pressed(None),
    "confirmed by an administrator": pressed(NetworkRole.ADMIN),
    "confirmed by an editor": pressed(NetworkRole.EDITOR),
    "confirmed on the command line": on_the_command_line,
}


def expected(way):
    """The cells of a row by the codes of the columns."""
    head, *rows = TABLE.strip().splitlines()
    (row,) = [line for line in rows if line.startswith(f"{way}  ")]
    return dict(zip(head.split(), row[len(way) :].split(), strict=True))


def answer(town, member):
    """What the last capacity of a member is worth, by the ring of a thread and by the second pair of eyes."""
    query = select(Capacity).where(Capacity.member_id == member.id).order_by(Capacity.id.desc())
    held, *others = db.session.scalars(query)
    for other in others:
        other.refused_at = NOON
    db.session.flush()
    thread = make_thread(town.gent, town.asker)
    threads.reply(actor(member), thread.id, body="We did.", idempotency_key="one")
    post_store.recount(thread)
    in_ring = set(thread.cities)
    elsewhere = confirmed_cities([member.id])[member.id] & {held.city}
    assert in_ring == elsewhere
    if held.confirmed_at is None:
        assert not in_ring
        return "."
    return "L" if in_ring else "c"


@pytest.mark.parametrize(
    "way", once(WAYS, "invited new as guest", "let in as member and confirmed", "added later by a member")
)
def test_who_is_confirmed_by_this_way_and_lights_the_city(session, app, way, monkeypatch):
    monkeypatch.setattr(rates, "spend_all", lambda *_all, **_named: None)
    town = Town(app)
    found = {code: answer(town, WAYS[way](town, code)) for code in BODIES}
    assert found == expected(way)


def test_the_partner_in_the_ring_is_a_government_and_speaks_for_itself(session):
    vgc = make_space("VGC Brussel", city="vgc")
    ria = make_member("Ria", space=vgc, role=Role.MODERATOR)
    found = {}
    for body in (Body.GOVERNMENT, Body.ACADEMIC):
        row = invitations.invite(actor(ria), vgc.id, email=f"{body}@people.test", role=Role.MEMBER)
        profile = invitations.Profile("Noor", GOOD, "coach", Level.FIELD, body, "vgc", "en")
        token = mail_links.invitation_token(row)
        secret = invitations.hash_password(token, profile)
        member, _space = invitations.accept(token, profile, password_hash=secret)
        found[body] = confirmed_cities([member.id])[member.id]
    assert found == {Body.GOVERNMENT: {"vgc"}, Body.ACADEMIC: set()}


SAID = {"function", "level", "body", "city", "starts_on", "member_id"}


def written(source):
    """Which of these a module writes into anything, whatever it is called; `*` where the name is not said."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(node.attr)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
            found.add(getattr(node.args[1], "value", "*"))
    return found & {*SAID, "*"}


# What modules write that is no capacity: any field of a new version of a lesson, the text of a note, and what two
# responses of one member say, exchanged.
OTHERS = {
    "forum/domain/cahiers/cahiers.py": {"body"},
    "forum/domain/held_posts/waiting.py": {"body"},
    "forum/domain/lessons/lessons.py": {"*"},
    "forum/domain/lessons/report_words.py": {"*"},
    "forum/domain/lessons/reports.py": {"*"},
    "forum/domain/lessons/versions.py": {"*"},
    "forum/domain/regrouping/beside.py": {"*"},
    "forum/domain/spaces/notes.py": {"body"},
}


def test_what_was_confirmed_is_never_changed_into_something_else():
    for path in (ROOT / "forum").rglob("*.py"):
        of_others = OTHERS.get(str(path.relative_to(ROOT)), set())
        assert written(path.read_text()) == of_others, f"{path}: end it and add another, which waits"
        assert "update(Capacity)" not in path.read_text(), path
    for planted in ("it.city, other = 'gent', 1", "for noor.city in x: pass", "setattr(x.y, 'city', 1)"):
        assert written(planted) == {"city"}
    assert written("Capacity(city=1); print(x.city)") == set()
    assert {column.name for column in Capacity.__table__.columns} >= SAID


def in_other_words(held):
    return {"function": "mayor", "body": held.body, "city": held.city}


def of_another_body(held):
    return {"function": held.function, "body": Body.OCMW, "city": held.city}


def of_another_city(held):
    return {"function": held.function, "body": held.body, "city": "genk"}


def the_very_same(held):
    return {"function": held.function, "body": held.body, "city": held.city}


@pytest.mark.parametrize("change", [in_other_words, of_another_body, of_another_city, the_very_same])
@pytest.mark.parametrize("ended_by", ["herself", "moderator"])
def test_what_ended_and_is_started_again_waits_and_what_counted_before_keeps_its_city(
    session, app, change, ended_by
):
    town = Town(app)
    noor = invited_new(Role.MEMBER)(town, "city")
    held = db.session.get_one(Capacity, capacities.current(noor.id).id)
    thread = make_thread(town.gent, town.asker)
    threads.reply(actor(noor), thread.id, body="We did.", idempotency_key="one")
    if ended_by == "herself":
        profiles.end_capacity(actor(noor), held.id)
    else:
        confirmations.end(actor(town.wouter), held.id)
    again = profiles.add_capacity(actor(noor), level=held.level, starts_on=held.starts_on, **change(held))
    assert (again.id != held.id, again.confirmed_at) == (True, None)
    # No invitation that she has by now lets it count: who belongs to the space is not invited anew.
    with pytest.raises(Invalid):
        town.invite(noor.email, Role.MODERATOR)
    late = make_thread(town.gent, town.asker)
    threads.reply(actor(noor), late.id, body="We do.", idempotency_key="two")
    for one in (thread, late):
        post_store.recount(one)
    assert (thread.cities, late.cities) == (["gent"], [])
    assert confirmed_cities([noor.id])[noor.id] == set()
