"""What ends with a role, what does not, and who is counted when the last moderator wants to go."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.people import mail_links
from forum.domain.spaces import invitations, memberships
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Invitation, Membership, Role, Space
from forum.policy.errors import Invalid
from tests.factories import LONG_AGO, actor, join, make_member, make_space


def invitation(space, inviter, **over):
    row = Invitation(
        space_id=space.id, email="hanne@city.test", role=Role.MEMBER, locale="nl",
        invited_by_id=inviter.id, responsible_id=inviter.id,
        invited_at=clock.now(), expires_at=clock.now() + timedelta(days=28), **over,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def logged():
    lines = db.session.scalars(select(ModerationAction).order_by(ModerationAction.id))
    return [(line.action, line.subject_id, line.space_id) for line in lines]


def end(verb, moderator, space, member):
    if verb == "removed":
        memberships.remove(actor(moderator), space.id, member.id, reason="Works elsewhere now")
    else:
        memberships.set_role(actor(moderator), space.id, member.id, role=Role.MEMBER)


@pytest.mark.parametrize("verb", ["removed", "made a member"])
def test_open_invitations_of_a_moderator_end_with_the_role_and_no_others(gent, moderator, verb):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    aalst = make_space("Aalst", city="aalst")
    join(second, aalst, Role.MODERATOR)
    earlier = clock.now() - timedelta(days=3)
    rows = [
        invitation(gent, second),
        invitation(gent, second, accepted_at=earlier),
        invitation(gent, second, withdrawn_at=earlier),
        invitation(aalst, second),
        invitation(gent, moderator),
    ]
    with clock.at(clock.now()):
        end(verb, moderator, gent, second)
        for row in rows:
            db.session.refresh(row)
        assert [row.withdrawn_at for row in rows] == [clock.now(), None, earlier, None, None]
    kind = Action.REMOVE if verb == "removed" else Action.ROLE
    assert logged() == [(kind, second.id, gent.id)]


def test_the_last_moderator_stays_and_the_field_says_so(gent, moderator):
    former = join(make_member("Former"), gent, Role.MODERATOR)
    former.ended_at = clock.now()
    make_member("Away", space=gent, role=Role.MODERATOR, suspended_at=clock.now())
    make_member("Kim", space=gent)
    make_member("Elsewhere", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    db.session.flush()
    for verb in ("removed", "made a member"):
        with pytest.raises(Invalid) as refused:
            end(verb, moderator, gent, moderator)
        assert refused.value.field == "role"
    assert logged() == []


def test_a_member_goes_though_there_is_one_moderator(gent, moderator):
    kim = make_member("Kim", space=gent)
    end("removed", moderator, gent, kim)
    rows = db.session.scalars(select(Membership).where(Membership.member_id == kim.id)).all()
    assert [(row.role, row.ended_by_id) for row in rows] == [(Role.MEMBER, moderator.id)]
    assert logged() == [(Action.REMOVE, kim.id, gent.id)]


def test_a_space_is_read_anew_before_its_people_change(gent, moderator):
    kim = make_member("Kim", space=gent)
    for verb in ("made a member", "removed"):
        renamed = update(Space).where(Space.id == gent.id).values(name=verb)
        db.session.execute(renamed.execution_options(synchronize_session=False))
        end(verb, moderator, gent, kim)
        assert gent.name == verb


def test_who_gave_a_role_is_kept_with_it(gent, moderator):
    kim = make_member("Kim")
    first = memberships.grant(moderator.id, kim.id, gent.id, Role.GUEST)
    assert (first.role, first.granted_by_id) == (Role.GUEST, moderator.id)
    higher = memberships.grant(None, kim.id, gent.id, Role.MEMBER)
    assert (higher.role, higher.granted_by_id, first.ended_at is None) == (Role.MEMBER, None, False)
    assert memberships.grant(moderator.id, kim.id, gent.id, Role.GUEST) is higher


def test_a_role_that_is_given_over_another_or_to_moderate_stands_in_the_log(gent, moderator):
    def invited(member, role):
        row = invitations.invite(actor(moderator), gent.id, email=member.email, role=role)
        memberships.grant(moderator.id, member.id, gent.id, Role.GUEST)  # let in meanwhile
        invitations.accept_as(actor(member), mail_links.invitation_token(row))
        return actor(member).roles[gent.id]

    kim, els, mo = (make_member(name) for name in ("Kim", "Els", "Mo"))
    assert (invited(kim, Role.MODERATOR), invited(els, Role.GUEST)) == (Role.MODERATOR, Role.GUEST)
    memberships.grant(moderator.id, mo.id, gent.id, Role.MODERATOR)
    memberships.grant(None, make_member("Operator").id, gent.id, Role.MODERATOR)
    lines = db.session.scalars(select(ModerationAction).order_by(ModerationAction.id)).all()
    assert [(line.action, line.actor_id, line.subject_id, line.space_id, line.reason) for line in lines] == [
        (Action.ROLE, moderator.id, kim.id, gent.id, "van gast naar moderator"),
        (Action.ROLE, moderator.id, mo.id, gent.id, "moderator"),
    ]


@pytest.mark.parametrize(
    "kept_out", [{"approved_at": None}, {"confirmed_at": None}, {"suspended_at": LONG_AGO}]
)
def test_a_moderator_who_may_not_sign_in_is_not_left_alone_with_a_space(gent, moderator, kept_out):
    make_member("Mo", space=gent, role=Role.MODERATOR, **kept_out)
    with pytest.raises(Invalid):
        memberships.set_role(actor(moderator), gent.id, moderator.id, role=Role.MEMBER)
    make_member("Ann", space=gent, role=Role.MODERATOR)
    end("made a member", moderator, gent, moderator)
