"""An invitation is for one address, one space and one person: what is counted, renewed, emptied and decided by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.people import capacities, mail_links, profiles
from forum.domain.people.mail_links import LinkExpired
from forum.domain.spaces import confirmations, invitations, join_requests, memberships
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level
from forum.models.spaces import Audience, Invitation, JoinRequest, Role, Space
from forum.policy.errors import Invalid
from tests.factories import LONG_AGO, actor, join, make_account, make_member, make_space, make_thread

ADDRESS = "hanne@city.test"
DAY = timedelta(days=1)


def accept(token, profile):
    password_hash = invitations.hash_password(token, profile)
    return invitations.accept(token, profile, password_hash=password_hash)


def invite(moderator, space, email=ADDRESS, **over):
    return invitations.invite(actor(moderator), space.id, email=email, **({"role": Role.MEMBER} | over))


def profile(**over):
    values = {
        "name": "Hanne", "password": "drie fietsen in de regen", "function": "nurse", "level": Level.FIELD,
        "body": Body.CITY, "city": "gent", "locale": "en",
    }  # fmt: skip
    return invitations.Profile(**(values | over))


def elsewhere(row, **values):
    """Change the row in the database alone, as another process would."""
    changed = update(type(row)).where(type(row).id == row.id).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def test_an_invitation_is_counted_once_it_can_be_sent(gent, moderator, monkeypatch):
    spent = []
    monkeypatch.setattr(rates, "spend", lambda name, subject, *, limit: spent.append((name, subject, limit)))
    for field, over in (("email", {"email": "hanne"}), ("note", {"note": "x" * 501})):
        with pytest.raises(Invalid) as refused:
            invite(moderator, gent, **over)
        assert refused.value.field == field
    assert spent == []
    invite(moderator, gent)
    assert spent == [("invite", f"member:{moderator.id}", "60 per hour")]


def test_a_letter_is_in_a_language_that_there_is_and_without_a_note_unless_one_is_written(gent, moderator):
    rows = [invite(moderator, gent, f"{n}@city.test", **over) for n, over in enumerate(
        ({}, {"locale": "en"}, {"locale": "xx"}, {"note": "Welcome"})
    )]  # fmt: skip
    assert [(row.locale, row.note) for row in rows] == [("nl", ""), ("en", ""), ("nl", ""), ("nl", "Welcome")]


def test_only_an_open_invitation_of_this_address_to_this_space_is_renewed(gent, moderator):
    aalst = make_space("Aalst", city="aalst")
    join(moderator, aalst, Role.MODERATOR)
    used = invite(moderator, gent)
    used.accepted_at = clock.now()
    db.session.flush()
    rows = [
        used,
        invite(moderator, aalst),
        invite(moderator, gent, "karim@city.test"),
        invite(moderator, gent),
    ]
    assert len({row.id for row in rows}) == 4
    with clock.at(clock.now() + DAY):
        again = invite(moderator, gent, role=Role.GUEST, note="Again")
        assert (again.id, again.role, again.note, again.invited_at) == (
            rows[3].id,
            Role.GUEST,
            "Again",
            clock.now(),
        )
    invitations.withdraw(actor(moderator), again.id)
    assert invite(moderator, gent).withdrawn_at is None, "inviting again opens what was withdrawn"


def test_of_two_open_invitations_the_latest_is_renewed(gent, moderator):
    first = invite(moderator, gent)
    second = Invitation(
        space_id=gent.id, email=ADDRESS, role=Role.GUEST, locale="nl",
        invited_by_id=moderator.id, responsible_id=moderator.id,
        invited_at=clock.now(), expires_at=clock.now() + DAY,
    )  # fmt: skip
    db.session.add(second)
    db.session.flush()
    assert invite(moderator, gent) is second
    assert first.role == Role.MEMBER


def test_a_former_member_may_be_invited_again(gent, moderator):
    membership = join(make_member("Hanne", email=ADDRESS), gent)
    with pytest.raises(Invalid):
        invite(moderator, gent)
    membership.ended_at = clock.now()
    db.session.flush()
    assert invite(moderator, gent).email == ADDRESS


def test_the_space_is_read_anew_before_somebody_is_invited(gent, moderator):
    elsewhere(gent, name="Renamed")
    invite(moderator, gent)
    assert db.session.get_one(Space, gent.id).name == "Renamed"


def test_what_was_asked_for_and_never_confirmed_is_emptied_and_nothing_of_others(gent, moderator):
    planted = make_account(
        email=ADDRESS, name="Impostor", password="a password of an impostor", locale="nl", confirmed=False
    )
    other = make_member("Karim", space=make_space("Aalst", city="aalst"), city="aalst")
    capacities.add(
        planted.id,
        function="mayor",
        level=Level.POLITICS,
        body=Body.CITY,
        city="genk",
        starts_on=LONG_AGO.date(),
    )
    db.session.add(JoinRequest(space_id=gent.id, member_id=planted.id, asked_at=LONG_AGO))
    join_requests.request_to_join(actor(other), gent.id)
    member, space = accept(mail_links.invitation_token(invite(moderator, gent)), profile())
    assert (member, space, member.name, member.locale) == (planted, gent, "Hanne", "en")
    assert len(member.password_stamp) == 22, "16 random bytes"
    held = select(Capacity.function, Capacity.city).where(Capacity.member_id == member.id)
    assert [tuple(row) for row in db.session.execute(held)] == [("nurse", "gent")]
    assert capacities.current(other.id).city == "aalst"
    assert db.session.scalars(select(JoinRequest.member_id)).all() == [other.id]


def test_who_was_let_in_before_keeps_that_day_and_only_their_own_invitation_is_used(gent, moderator):
    hanne = make_member("Hanne", email=ADDRESS)
    mine, theirs = invite(moderator, gent), invite(moderator, gent, "karim@city.test")
    with clock.at(clock.now() + DAY):
        invitations.accept_as(actor(hanne), mail_links.invitation_token(mine))
        db.session.refresh(mine)
        assert (mine.accepted_at, mine.accepted_by_id) == (clock.now(), hanne.id)
    db.session.refresh(theirs)
    assert (theirs.accepted_at, hanne.approved_at) == (None, LONG_AGO)


@pytest.mark.parametrize("change", ["accepted_at", "withdrawn_at", "expires_at"])
def test_the_row_decides_when_two_use_it_at_one_moment(gent, moderator, monkeypatch, change):
    hanne = make_member("Hanne", email=ADDRESS)
    token = mail_links.invitation_token(invite(moderator, gent))
    genuine = mail_links.invitation_of

    def meanwhile(token):
        found = genuine(token)
        elsewhere(found, **{change: clock.now()})
        return found

    monkeypatch.setattr(mail_links, "invitation_of", meanwhile)
    with clock.at(clock.now()), pytest.raises(LinkExpired):
        invitations.accept_as(actor(hanne), token)
    assert gent.id not in actor(hanne).roles


def answered_no(how, capacity_id, member, moderator):
    """Somebody answers no, or what is none: they end it themselves, or nobody does anything."""
    if how == "refused":
        confirmations.refuse(actor(moderator), capacity_id, reason="That is somebody else.")
    elif how == "ended":
        confirmations.end(actor(moderator), capacity_id)
    elif how == "ended by herself":
        profiles.end_capacity(actor(member), capacity_id)


@pytest.mark.parametrize("how", ["refused", "ended", "ended by herself", "waits"])
def test_what_somebody_answered_no_to_is_not_confirmed_by_an_invitation_of_before(gent, moderator, how):
    hanne = make_member("Hanne", email=ADDRESS)

    def typed(body=Body.CITY, city="gent"):
        return profiles.add_capacity(
            actor(hanne), function="mayor", level=Level.POLITICS, body=body, city=city, starts_on=days.today()
        )

    token = mail_links.invitation_token(invite(moderator, gent))
    db.session.expire_all()
    with clock.at(clock.now() + DAY):
        answered_no(how, typed(Body.COMPANY).id, hanne, moderator)
        again = typed()
        confirms = how in ("ended by herself", "waits")
        says = confirmations.invitation_confirms(mail_links.invitation_of(token), actor(hanne))
        assert says == ("gent" if confirms else None)
        invitations.accept_as(actor(hanne), token)
        assert (again.confirmed_at is not None) == confirms


@pytest.mark.parametrize("how", ["refused", "ended"])
def test_an_invitation_of_after_a_no_and_of_another_city_confirms(gent, moderator, how):
    hanne = make_member("Hanne", email=ADDRESS, space=make_space("Genk", city="genk"))
    aalst = make_space("Aalst", city="aalst")
    join(moderator, aalst, Role.MODERATOR)
    of_aalst = invite(moderator, aalst)
    common = {"function": "mayor", "level": Level.POLITICS, "body": Body.CITY, "starts_on": days.today()}
    answered_no(how, profiles.add_capacity(actor(hanne), city="gent", **common).id, hanne, moderator)
    held = [profiles.add_capacity(actor(hanne), city=city, **common) for city in ("aalst", "gent")]
    with clock.at(clock.now() + DAY):
        for row in (of_aalst, invite(moderator, gent)):
            invitations.accept_as(actor(hanne), mail_links.invitation_token(row))
    assert [one.confirmed_by_id for one in held] == [moderator.id, moderator.id]


@pytest.mark.parametrize("way", ["let in", "removed", "made a guest"])
def test_who_was_let_in_removed_or_given_a_role_has_no_other_by_an_older_invitation(gent, moderator, way):
    hanne, aalst = make_member("Hanne", email=ADDRESS), make_space("Aalst", city="aalst")
    join(moderator, aalst, Role.MODERATOR)
    make_thread(gent, moderator, audience=Audience.PUBLIC)  # so that they may know of the space
    older, others = invite(moderator, gent, role=Role.MODERATOR), [
        invite(moderator, aalst),
        invite(moderator, gent, "karim@city.test"),
    ]  # fmt: skip
    if way == "let in":
        request = join_requests.request_to_join(actor(hanne), gent.id)
        join_requests.answer(actor(moderator), request.id, role=Role.MEMBER)
    else:
        join(hanne, gent)
    if way == "removed":
        memberships.remove(actor(moderator), gent.id, hanne.id, reason="Misbehaved.")
    elif way == "made a guest":
        memberships.set_role(actor(moderator), gent.id, hanne.id, role=Role.GUEST)
    before = actor(hanne).roles
    for row in (older, *others):
        db.session.refresh(row)
    with pytest.raises(LinkExpired):
        invitations.accept_as(actor(hanne), mail_links.invitation_token(older))
    assert actor(hanne).roles == before
    assert [row.withdrawn_at for row in others] == [None, None], "nor is another withdrawn"
    if way == "removed":  # a moderator may think again
        invitations.accept_as(actor(hanne), mail_links.invitation_token(invite(moderator, gent)))
        assert actor(hanne).roles[gent.id] == Role.MEMBER
