"""Asking to come in: one answer for everybody, and a moderator decides."""

import pytest
from sqlalchemy import select

from forum.domain.people import accounts, mail_links, passwords
from forum.domain.people.mail_links import LinkExpired
from forum.domain.spaces import join_requests
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.events import Event
from forum.models.spaces import JoinRequest, Membership, Role, SpaceKind
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_space

GOOD = "drie fietsen in de regen"


def newcomer(**over):
    values = {
        "name": "Karim", "email": "karim@city.test", "password": GOOD, "function": "street worker",
        "level": Level.FIELD, "body": Body.CITY, "city": "gent", "message": "Wouter knows me.", "locale": "nl",
    }  # fmt: skip
    return join_requests.Newcomer(**(values | over))


def ask(**over):
    join_requests.ask(newcomer(**over), address="192.0.2.1")


def member(email="karim@city.test"):
    return db.session.scalars(select(Member).where(Member.email == email)).one()


def told():
    return [(e.name, e.payload) for e in db.session.scalars(select(Event).order_by(Event.id))]


def test_moderators_see_a_request_once_its_address_is_confirmed(gent, moderator):
    ask()
    assert told() == [("member.registered", {"member_id": member().id})]
    assert join_requests.waiting(actor(moderator), gent.id) == []
    join_requests.confirm(mail_links.confirm_token(member()))
    waiting = join_requests.waiting(actor(moderator), gent.id)
    assert [(r.name, r.email, r.message, r.byline.job, r.is_new) for r in waiting] == [
        ("Karim", "karim@city.test", "Wouter knows me.", "street worker", True)
    ]
    assert told()[1:] == [("join.requested", {"request_id": waiting[0].id})]


def test_confirming_twice_is_confirming_once(gent):
    ask()
    token = mail_links.confirm_token(member())
    join_requests.confirm(token)
    join_requests.confirm(token)
    assert [name for name, _ids in told()].count("join.requested") == 1


def test_a_known_address_gets_the_same_answer_and_only_its_owner_a_letter(gent):
    owner = make_member("Karim", space=gent, email="karim@city.test")
    assert ask(name="Somebody else") is None
    assert told() == [("member.already_registered", {"member_id": owner.id})]
    assert owner.name == "Karim"
    assert db.session.scalar(select(JoinRequest).limit(1)) is None


def test_a_known_address_does_not_excuse_a_weak_password(gent):
    make_member("Karim", space=gent, email="karim@city.test")
    for email in ("karim@city.test", "new@city.test"):
        with pytest.raises(Invalid) as refused:
            ask(email=email, password="short")
        assert refused.value.field == "password"


def test_who_asks_again_replaces_what_was_never_confirmed(gent):
    ask(name="Impostor", password="a password of an impostor")
    planted = mail_links.confirm_token(member())
    ask()
    with pytest.raises(LinkExpired):
        join_requests.confirm(planted)
    join_requests.confirm(mail_links.confirm_token(member()))
    assert member().name == "Karim"
    passwords.check("karim@city.test", GOOD, address="192.0.2.1")
    with pytest.raises(Invalid):
        passwords.check("karim@city.test", "a password of an impostor", address="192.0.2.1")
    assert len(db.session.scalars(select(Capacity)).all()) == 1
    assert len(db.session.scalars(select(JoinRequest)).all()) == 1


def test_a_reset_link_proves_the_address_as_well(gent, moderator):
    ask()
    passwords.reset(passwords.new_by_link(mail_links.reset_token(member()), "een heel ander wachtwoord"))
    assert member().confirmed_at is not None
    assert len(join_requests.waiting(actor(moderator), gent.id)) == 1


def test_a_city_without_a_listed_space_goes_to_the_network(gent):
    make_space("Secret Aalst", city="aalst", unlisted=True)
    square = make_space("Plein", kind=SpaceKind.NETWORK)
    ask(city="aalst")
    assert db.session.scalars(select(JoinRequest.space_id)).one() == square.id


def test_with_nobody_to_answer_it_says_so(session):
    with pytest.raises(Invalid) as refused:
        ask(city="aalst")
    assert refused.value.field == "city"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GUEST])
def test_letting_in_approves_and_gives_the_role(gent, moderator, role):
    ask()
    join_requests.confirm(mail_links.confirm_token(member()))
    request = join_requests.waiting(actor(moderator), gent.id)[0]
    join_requests.answer(actor(moderator), request.id, role=role)
    assert actor(member()).roles == {gent.id: role}
    assert told()[-1] == ("join.answered", {"request_id": request.id})
    held = db.session.scalars(select(Membership).where(Membership.member_id == member().id)).one()
    assert held.granted_by_id == moderator.id


def test_a_no_lets_nobody_in_and_the_first_answer_counts(gent, moderator):
    ask()
    join_requests.confirm(mail_links.confirm_token(member()))
    request = join_requests.waiting(actor(moderator), gent.id)[0]
    join_requests.answer(actor(moderator), request.id, role=None)
    assert member().approved_at is None
    with pytest.raises(Conflict):
        join_requests.answer(actor(moderator), request.id, role=Role.MEMBER)
    assert actor(member()).roles == {}


def test_only_moderators_of_that_space_see_and_answer(gent, moderator):
    ask()
    join_requests.confirm(mail_links.confirm_token(member()))
    request_id = db.session.scalars(select(JoinRequest.id)).one()
    elsewhere = make_member("Leen", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for who in (elsewhere, make_member("Kim", space=gent), member()):
        assert join_requests.waiting(actor(who), gent.id) == []
        with pytest.raises(NotFound):
            join_requests.answer(actor(who), request_id, role=Role.MEMBER)


def test_a_member_knocks_at_another_space_once(gent, moderator):
    group = make_space("Wonen", kind=SpaceKind.GROUP)
    keeper = make_member("Bram", space=group, role=Role.MODERATOR)
    who = make_member("Kim", space=gent)
    first = join_requests.request_to_join(actor(who), group.id, message="I work on housing.")
    assert join_requests.request_to_join(actor(who), group.id).id == first.id
    assert join_requests.has_requested(actor(who), group.id)
    join_requests.answer(actor(keeper), first.id, role=None)
    assert not join_requests.has_requested(actor(who), group.id)
    again = join_requests.request_to_join(actor(who), group.id, message="Once more.")
    join_requests.answer(actor(keeper), again.id, role=Role.MEMBER)
    assert actor(who).roles[group.id] == Role.MEMBER
    with pytest.raises(Conflict):
        join_requests.request_to_join(actor(who), group.id)


def test_nobody_knocks_at_a_space_that_does_not_exist_for_her(gent):
    hidden = make_space("Hidden", kind=SpaceKind.GROUP, unlisted=True)
    with pytest.raises(NotFound):
        join_requests.request_to_join(actor(make_member("Kim", space=gent)), hidden.id)
    waiting = make_member("New", space=gent, approved_at=None)
    with pytest.raises((Forbidden, NotFound)):
        join_requests.request_to_join(actor(waiting), gent.id)


def test_an_answer_does_not_revive_a_suspended_account(gent, moderator):
    ask()
    join_requests.confirm(mail_links.confirm_token(member()))
    request = join_requests.waiting(actor(moderator), gent.id)[0]
    accounts.by_email("karim@city.test").suspended_at = clock.now()
    db.session.flush()
    assert join_requests.waiting(actor(moderator), gent.id) == []
    with pytest.raises(Conflict):
        join_requests.answer(actor(moderator), request.id, role=Role.MEMBER)


def test_two_spaces_two_requests(gent, moderator):
    who = make_member("Kim", space=gent)
    groups = [make_space(f"Group {n}", kind=SpaceKind.GROUP) for n in (1, 2)]
    for group in groups:
        join_requests.request_to_join(actor(who), group.id)
        join(moderator, group, Role.MODERATOR)
    assert [len(join_requests.waiting(actor(moderator), group.id)) for group in groups] == [1, 1]
