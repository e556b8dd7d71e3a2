"""Who confirms whose capacity, and what an invitation is worth: the table of capacities and acts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from forum.domain.people import affirmations, capacities, mail_links, profiles
from forum.domain.spaces import confirmations, invitations, join_requests, memberships, waiting_capacities
from forum.domain.threads import threads
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import event_processing
from forum.models.accounts import Body, Capacity, Confirmation, Level, NetworkRole
from forum.models.mail import OutgoingMail
from forum.models.spaces import Invitation, Membership, Role, SpaceKind
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_space, make_thread
from tests.speaking import confirmed_cities

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def town(session):
    """Gent and Aalst with a moderator each, and Noor, who belongs to Gent and has no capacity yet."""
    with clock.at(NOON):
        gent, aalst = make_space("Gent", city="gent"), make_space("Aalst", city="aalst")
        people = {
            "moderator of Gent": make_member("Wouter", space=gent, role=Role.MODERATOR),
            "member of Gent": make_member("Lotte", space=gent),
            "moderator of Aalst": make_member("Sofie", space=aalst, role=Role.MODERATOR),
            "editor": make_member("Eva", network_role=NetworkRole.EDITOR),
            "administrator": make_member("Beheer", network_role=NetworkRole.ADMIN),
        }
        noor = bare("Noor", gent)
        people["herself"] = noor
        yield people, noor, gent, aalst


def bare(name, space=None, role=Role.MEMBER):
    """A member without a capacity."""
    member = make_member(name, space=space, role=role)
    db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
    return member


def hold(member, city, body=Body.CITY):
    """A capacity that waits."""
    return capacities.add(
        member.id, function="coach", level=Level.FIELD, body=body, city=city, starts_on=NOON.date()
    )


def brought(by, member, space):
    """An invitation of somebody that the member accepted."""
    db.session.add(
        Invitation(
            space_id=space.id, email=member.email, role=Role.MEMBER, locale="en",
            invited_by_id=by.id, responsible_id=by.id,
            invited_at=NOON, expires_at=NOON, accepted_at=NOON, accepted_by_id=member.id,
        )
    )  # fmt: skip
    for row in db.session.scalars(select(Membership).where(Membership.member_id == member.id)):
        row.granted_by_id = by.id
    db.session.flush()


# What Noor of Gent speaks as; who may confirm it (yes), may not know of it (404) or may not do it (403).
WHO = ("moderator of Gent", "member of Gent", "moderator of Aalst", "editor", "administrator", "herself")
TABLE = {
    "city of Gent": ("gent", ("yes", "404", "404", "404", "yes", "403")),
    "city of Aalst": ("aalst", ("404", "404", "yes", "404", "yes", "403")),
    "city without a space": ("genk", ("404", "404", "404", "404", "yes", "403")),
    "a body without a city": (None, ("yes", "404", "404", "404", "yes", "403")),
}


@pytest.mark.parametrize("act", ["confirm", "refuse", "end"])
@pytest.mark.parametrize("case", TABLE)
def test_who_answers_for_whose_capacity(town, case, act):
    people, noor, _gent, _aalst = town
    city, expected = TABLE[case]
    answers = []
    for name in WHO:
        held = hold(noor, city)
        verb = {
            "confirm": confirmations.confirm,
            "refuse": lambda who, number: confirmations.refuse(who, number, reason="We do not know you."),
            "end": confirmations.end,
        }[act]
        try:
            verb(actor(people[name]), held.id)
            answers.append("yes")
        except Forbidden:
            answers.append("403")
        except NotFound:
            answers.append("404")
    assert tuple(answers) == expected


def test_nobody_vouches_elsewhere_for_whom_they_alone_brought(town):
    people, _noor, gent, aalst = town
    sofie = people["moderator of Aalst"]
    join(sofie, gent, Role.MODERATOR)
    second = bare("Second", aalst)
    brought(sofie, second, aalst)
    held = hold(second, "gent")
    (row,) = waiting_capacities.of_space(actor(sofie), gent.id).rows
    assert not row.may_confirm
    with pytest.raises(Forbidden):
        confirmations.confirm(actor(sofie), held.id)
    assert waiting_capacities.of_others(actor(sofie)) == []
    confirmations.confirm(actor(people["moderator of Gent"]), held.id)
    assert held.confirmation == Confirmation.MODERATOR


def accept_new(space, by, *, city, email="second@people.test", role=Role.MEMBER, body=Body.CITY):
    """Accept an invitation of `by` as somebody new, who says to speak for a body in a city."""
    invitation = invitations.invite(actor(by), space.id, email=email, role=role)
    token = mail_links.invitation_token(invitation)
    profile = invitations.Profile(
        name="Second", password="drie fietsen in de regen", function="coach", level=Level.FIELD,
        body=body, city=city, locale="en",
    )  # fmt: skip
    secret = invitations.hash_password(token, profile)
    member, _space = invitations.accept(token, profile, password_hash=secret)
    return member


def test_a_moderator_invites_a_second_address_of_her_own_and_types_gent(town):
    people, _noor, gent, aalst = town
    sofie = people["moderator of Aalst"]
    second = accept_new(aalst, sofie, city="gent")
    assert confirmed_cities([second.id])[second.id] == set()
    assert capacities.current(second.id).confirmed_at is None
    # Also where she moderates Gent and invites that account there: she alone brought it into Aalst.
    join(sofie, gent, Role.MODERATOR)
    again = invitations.invite(actor(sofie), gent.id, email=second.email, role=Role.MEMBER)
    invitations.accept_as(actor(second), mail_links.invitation_token(again))
    assert confirmed_cities([second.id])[second.id] == set()


def test_a_guest_does_not_light_the_city_that_hosts_them(town):
    people, _noor, gent, _aalst = town
    wouter, found = people["moderator of Gent"], {}
    for body in (Body.ACADEMIC, Body.GOVERNMENT, Body.OCMW):
        guest = accept_new(gent, wouter, city="gent", email=f"{body}@people.test", role=Role.GUEST, body=body)
        found[body] = confirmed_cities([guest.id])[guest.id]
    assert found == {Body.ACADEMIC: set(), Body.GOVERNMENT: set(), Body.OCMW: {"gent"}}


def test_an_invitation_confirms_only_the_city_of_its_own_space(town):
    people, noor, _gent, aalst = town
    wouter, sofie = people["moderator of Gent"], people["moderator of Aalst"]
    member = accept_new(_gent, wouter, city="gent")
    held = db.session.scalars(select(Capacity).where(Capacity.member_id == member.id)).one()
    assert (held.confirmation, held.confirmed_by_id) == (Confirmation.INVITATION, wouter.id)
    waits = {city: hold(noor, city) for city in ("aalst", "genk")}
    invitation = invitations.invite(actor(sofie), aalst.id, email=noor.email, role=Role.MEMBER)
    invitations.accept_as(actor(noor), mail_links.invitation_token(invitation))
    assert waits["aalst"].confirmation == Confirmation.INVITATION
    assert waits["genk"].confirmed_at is None


def test_letting_somebody_in_confirms_only_in_the_one_press_that_says_so(town):
    people, noor, _gent, aalst = town
    sofie = actor(people["moderator of Aalst"])
    other, held = hold(noor, "aalst"), hold(noor, "aalst")
    request = join_requests.request_to_join(actor(noor), aalst.id)
    (card,) = join_requests.of_space(sofie, aalst.id)
    assert card.confirms == held.id
    later = hold(noor, "aalst")
    join_requests.answer(sofie, request.id, role=Role.MEMBER)
    assert held.confirmed_at is None
    assert confirmations.confirm_let_in(sofie, noor.id, aalst.id, capacity_id=card.confirms)
    assert held.confirmation == Confirmation.MODERATOR
    assert other.confirmed_at is later.confirmed_at is None, "what she was not shown waits"
    # Nor what another space answers for, nor what is somebody else's.
    for elsewhere in (hold(noor, "gent"), hold(people["member of Gent"], "aalst")):
        assert not confirmations.confirm_let_in(sofie, noor.id, aalst.id, capacity_id=elsewhere.id)
        assert elsewhere.confirmed_at is None


def letters(member):
    """The kinds of letters that wait for a member, after everything that happened was reacted to."""
    event_processing.process_due()
    kinds = select(OutgoingMail.kind).where(OutgoingMail.member_id == member.id).order_by(OutgoingMail.id)
    return db.session.scalars(kinds).all()


def test_one_letter_says_that_a_capacity_is_confirmed_and_none_what_was_just_accepted(town):
    people, noor, gent, aalst = town
    invited = accept_new(gent, people["moderator of Gent"], city="gent")
    assert capacities.current(invited.id).confirmed_at is not None
    assert letters(invited) == []
    sofie = actor(people["moderator of Aalst"])
    held, request = hold(noor, "aalst"), join_requests.request_to_join(actor(noor), aalst.id)
    join_requests.answer(sofie, request.id, role=Role.MEMBER)
    assert join_requests.confirmed_with(request) is None
    confirmations.confirm_let_in(sofie, noor.id, aalst.id, capacity_id=held.id)
    assert letters(noor) == ["join_answered"]
    assert join_requests.confirmed_with(request).id == held.id, "which that letter says"
    later = hold(noor, "aalst")
    with clock.at(NOON + timedelta(seconds=1)):  # before that letter left
        for _time in range(2):
            confirmations.confirm(sofie, later.id)
    assert join_requests.confirmed_with(request).id == held.id, "the later one has its own letter"
    assert letters(noor) == ["join_answered", "capacity_confirmed"]


def test_twice_is_once_and_what_was_answered_stays(town):
    people, noor, _gent, _aalst = town
    wouter, beheer = actor(people["moderator of Gent"]), actor(people["administrator"])
    first, second = hold(noor, "gent"), hold(noor, "gent")
    with pytest.raises(Invalid):
        confirmations.refuse(wouter, second.id, reason=" ")
    assert [line.count for line in waiting_capacities.of_others(wouter)] == [2]
    confirmations.confirm(wouter, first.id)
    confirmations.confirm(beheer, first.id)
    assert first.confirmed_by_id == wouter.id
    for _time in range(2):
        confirmations.refuse(wouter, second.id, reason="We do not know you.")
    with pytest.raises(Conflict):
        confirmations.confirm(wouter, second.id)
    with pytest.raises(Conflict):
        confirmations.refuse(wouter, first.id, reason="No.")
    assert waiting_capacities.of_others(wouter) == []
    confirmations.end(wouter, first.id)
    assert confirmed_cities([noor.id])[noor.id] == set(), "ended counts for nothing today"
    event_processing.process_due()
    kinds = db.session.scalars(select(OutgoingMail.kind).where(OutgoingMail.member_id == noor.id))
    assert sorted(kinds) == ["capacity_confirmed", "capacity_ended", "capacity_refused"]


def test_what_was_said_counts_once_it_is_confirmed_and_stays_when_it_ends(town):
    people, noor, gent, _aalst = town
    thread = make_thread(gent, people["moderator of Aalst"])
    held = hold(noor, "gent")
    threads.reply(actor(noor), thread.id, body="We did.", idempotency_key="one")
    assert thread.cities == ["aalst"]
    confirmations.confirm(actor(people["moderator of Gent"]), held.id)
    event_processing.process_due()
    assert db.session.get_one(type(thread), thread.id).cities == ["aalst", "gent"]
    confirmations.end(actor(people["moderator of Gent"]), held.id)
    event_processing.process_due()
    assert db.session.get_one(type(thread), thread.id).cities == ["aalst", "gent"]


def test_administrators_see_what_no_space_can_answer(town):
    people, noor, gent, _aalst = town
    alone, genk = people["moderator of Aalst"], hold(noor, "genk")
    hold(noor, "gent")
    own = hold(alone, "aalst")
    admin = actor(people["administrator"])
    assert {row.id for row in waiting_capacities.unanswered(admin).rows} == {genk.id, own.id}
    # The only moderator of Gent brought somebody into a group: she may not confirm that he is of Gent.
    second = bare("Second", make_space("Water", kind=SpaceKind.GROUP))
    stuck, wouter = hold(second, "gent"), people["moderator of Gent"]
    assert stuck.id not in {row.id for row in waiting_capacities.unanswered(admin).rows}
    for row in db.session.scalars(select(Membership).where(Membership.member_id == second.id)):
        row.granted_by_id = wouter.id
    with pytest.raises(Forbidden):
        confirmations.confirm(actor(wouter), stuck.id)
    assert stuck.id in {row.id for row in waiting_capacities.unanswered(admin).rows}
    assert [line.count for line in waiting_capacities.of_others(admin)] == [3]
    memberships.grant(wouter.id, second.id, gent.id, Role.MEMBER)
    assert stuck.id not in {row.id for row in waiting_capacities.unanswered(admin).rows}
    with pytest.raises(Forbidden):
        waiting_capacities.unanswered(actor(people["editor"]))


def test_the_first_capacity_of_whom_the_command_line_put_there_is_confirmed(town):
    _people, noor, _gent, _aalst = town
    common = {"level": Level.FIELD, "body": Body.CITY, "city": "gent", "starts_on": NOON.date()}
    first = profiles.add_capacity(actor(noor), function="coach", **common)
    later = profiles.add_capacity(actor(noor), function="mayor", **common)
    assert (first.confirmation, later.confirmation) == (Confirmation.OPERATOR, None)


def test_once_a_year_a_member_is_asked_at_home_and_by_one_mail(town):
    people, noor, _gent, _aalst = town
    held = hold(noor, "gent")
    confirmations.confirm(actor(people["moderator of Gent"]), held.id)

    def asked():
        affirmations.ask_batch(after_id=0)
        mails = select(OutgoingMail.id).where(OutgoingMail.member_id == noor.id)
        lines = [line.count for line in waiting_capacities.own(actor(noor)) if line.kind == "affirm"]
        return len(db.session.scalars(mails).all()), lines

    assert asked() == (0, [])
    with clock.at(NOON + timedelta(days=366)):
        assert asked() == (1, [1])
        assert asked() == (1, [1])
    with clock.at(NOON + timedelta(days=500)):
        assert asked() == (1, [1])
        with pytest.raises(NotFound):
            affirmations.affirm(actor(people["member of Gent"]), held.id)
        affirmations.affirm(actor(noor), held.id)
        assert asked() == (1, [])
