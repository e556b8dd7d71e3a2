"""Links in mails: whatever is in them, one that is not good says so and does nothing."""

import base64
import itertools
import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from forum.domain.people import mail_links
from forum.domain.people.mail_links import INVITATION, RESET, LinkExpired
from forum.domain.spaces import invitations
from forum.infra import clock, tokens
from forum.infra.db import db
from forum.infra.rows import IDS
from forum.models.accounts import Member
from forum.models.spaces import Invitation, Role
from tests.factories import GOOD, actor, ask_for_access, make_account, make_member, make_space

MOMENT = timedelta(seconds=1)


@pytest.fixture
def invitation(session):
    gent = make_space("Gent", city="gent")
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    row = Invitation(
        space_id=gent.id, email="hanne@city.test", role=Role.MEMBER, locale="nl",
        invited_by_id=moderator.id, responsible_id=moderator.id,
        invited_at=clock.now(), expires_at=clock.now() + timedelta(days=28),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


@pytest.mark.parametrize("payload", [{}, {"i": "x"}, {"m": 1}, {"i": 10**6}])
def test_a_signed_link_to_no_invitation_is_dead(invitation, payload):
    with pytest.raises(LinkExpired) as refused:
        mail_links.invitation_of(tokens.sign(INVITATION, payload))
    assert refused.value.reason


def named_in(token):
    """The number that stands readable in a signed link."""
    payload = token.partition(".")[0]
    ids = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return ids.get("m") or ids["i"]


def test_no_number_in_a_link_counts_what_others_did(session):
    """Two requests, invitations and accounts in a row have numbers drawn by lot, and links of before still work."""
    gent = make_space("Gent", city="gent")
    moderator = actor(make_member("Mo", space=gent, role=Role.MODERATOR))
    numbers = []
    for name in ("an", "bo", "cas"):
        email = f"{name}@city.test"
        asked = ask_for_access(email=email)
        invited = invitations.invite(moderator, gent.id, email=email, role=Role.MEMBER)
        member = make_account(email=f"own-{email}", name=name, password=GOOD)
        assert mail_links.access_request_of(mail_links.confirm_token(asked)) is asked
        assert mail_links.invitation_of(mail_links.invitation_token(invited)) is invited
        assert mail_links.resetting_member(mail_links.reset_token(member)) is member
        numbers += [named_in(mail_links.confirm_token(asked)), named_in(mail_links.invitation_token(invited))]
        numbers += [
            named_in(mail_links.reset_token(member)),
            named_in(mail_links.unsubscribe_token(member.id, "digest")),
        ]
    assert len(set(numbers)) == 9  # a member's own number stands in both
    assert all(number in IDS for number in numbers)
    assert min(abs(a - b) for a, b in itertools.combinations(set(numbers), 2)) > 3


def test_a_link_to_a_request_with_a_counted_number_still_works(session):
    make_space("Gent", city="gent")
    asked = ask_for_access()
    asked.id = 41
    db.session.flush()
    assert mail_links.access_request_of(mail_links.confirm_token(asked)) is asked


@pytest.mark.parametrize("token", ["", "x", "not-a-token"])
def test_a_forged_link_is_dead(invitation, token):
    for read in (mail_links.invitation_of, mail_links.resetting_member, mail_links.access_request_of):
        with pytest.raises(LinkExpired):
            read(token)
        with pytest.raises(LinkExpired):
            read(mail_links.unsubscribe_token(invitation.id, "digest"))


def test_an_invitation_is_good_until_its_last_moment_and_for_one_person(invitation):
    token = mail_links.invitation_token(invitation)
    with clock.at(invitation.expires_at - MOMENT):
        assert mail_links.invitation_of(token) is invitation
        assert (invitation.space.name, invitation.invited_by.name) == ("Gent", "Mo")
    with clock.at(invitation.expires_at), pytest.raises(LinkExpired):
        mail_links.invitation_of(token)
    said = set()
    for moment in ("accepted_at", "withdrawn_at"):
        setattr(invitation, moment, clock.now())
        db.session.flush()
        with pytest.raises(LinkExpired) as refused:
            mail_links.invitation_of(token)
        said.add(str(refused.value))
    assert len(said) == 2


@pytest.mark.parametrize("payload", [{}, {"m": 1}, {"s": "x"}, {"m": "x", "s": "x"}, {"m": 10**6, "s": "x"}])
def test_a_signed_link_to_nobody_is_dead(session, payload):
    make_member("Noor")
    with pytest.raises(LinkExpired):
        mail_links.resetting_member(tokens.sign(RESET, payload))


def test_a_link_dies_with_the_stamp_that_is_kept_now(session):
    noor = make_member("Noor")
    reset = mail_links.reset_token(noor)
    assert mail_links.resetting_member(reset) is noor
    changed = update(Member).where(Member.id == noor.id).values(password_stamp="renewed")
    db.session.execute(changed.execution_options(synchronize_session=False))
    with pytest.raises(LinkExpired):
        mail_links.resetting_member(reset)


def test_a_link_for_a_password_is_good_for_an_hour_and_one_for_an_address_for_two_weeks(gent):
    noor, asked, start = make_member("Noor"), ask_for_access(), clock.now()
    for make, read, row, lasts in (
        (mail_links.reset_token, mail_links.resetting_member, noor, timedelta(hours=1)),
        (mail_links.confirm_token, mail_links.access_request_of, asked, timedelta(days=14)),
    ):
        with clock.at(start):
            token = make(row)
        with clock.at(start + lasts - MOMENT):
            assert read(token) is row
        with clock.at(start + lasts + 2 * MOMENT), pytest.raises(LinkExpired):
            read(token)
