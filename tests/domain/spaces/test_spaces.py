"""Spaces and roles: what is listed for whom, and that roles leave their trace."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from forum.domain.spaces import memberships, roster, spaces
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience, Membership, Role, SpaceKind
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_space, make_thread


def history(member, space):
    query = select(Membership).where(Membership.member_id == member.id, Membership.space_id == space.id)
    return [(row.role, row.ended_at is None) for row in db.session.scalars(query.order_by(Membership.id))]


def test_an_unlisted_space_stays_inside_itself(session):
    space = spaces.create(
        slug="quiet", name="Quiet", kind=SpaceKind.GROUP, default_audience=Audience.SPACE, unlisted=True
    )
    assert space.widest_audience == Audience.SPACE
    with pytest.raises(Invalid):
        spaces.create(
            slug="loud", name="Loud", kind=SpaceKind.GROUP, default_audience=Audience.NETWORK, unlisted=True
        )


@pytest.mark.parametrize("slug", ["", "Gent", "a b", "-a", "a--b", "é", "a" * 61, "a/b"])
def test_an_odd_address_is_refused(session, slug):
    with pytest.raises(Invalid):
        spaces.create(slug=slug, name="X", kind=SpaceKind.GROUP, default_audience=Audience.SPACE)


def test_an_address_is_given_once(gent):
    with pytest.raises(Invalid):
        spaces.create(slug=gent.slug, name="X", kind=SpaceKind.GROUP, default_audience=Audience.SPACE)


def test_the_directory_shows_names_to_the_network_and_unlisted_spaces_to_who_belongs(gent, moderator):
    secret = make_space("Secret", kind=SpaceKind.GROUP, unlisted=True)
    join(moderator, secret, Role.MEMBER)
    make_thread(gent, moderator, audience=Audience.NETWORK)
    elsewhere = make_member("Leen", space=make_space("Aalst", city="aalst"))
    own = {card.id: card.role for card in spaces.directory(actor(moderator))}
    assert (own[gent.id], own[secret.id]) == (Role.MODERATOR, Role.MEMBER)
    theirs = {card.id: card.role for card in spaces.directory(actor(elsewhere))}
    assert (theirs[gent.id], secret.id in theirs) == (None, False)
    assert gent.id not in {card.id for card in spaces.directory(None)}
    make_thread(gent, moderator, audience=Audience.PUBLIC)
    assert gent.id in {card.id for card in spaces.directory(None)}


def test_the_directory_takes_one_query(gent, moderator, count_queries):
    for number in range(12):
        make_space(f"Group {number}", kind=SpaceKind.GROUP)
    who = actor(moderator)
    with count_queries() as seen:
        assert len(spaces.directory(who)) == 13
    assert seen.count == 1


def test_a_changed_role_keeps_the_old_one_as_history_and_is_logged(gent, moderator):
    kim = make_member("Kim", space=gent)
    memberships.set_role(actor(moderator), gent.id, kim.id, role=Role.GUEST)
    assert history(kim, gent) == [(Role.MEMBER, False), (Role.GUEST, True)]
    assert actor(kim).roles == {gent.id: Role.GUEST}
    line = db.session.scalars(select(ModerationAction)).one()
    assert (line.action, line.actor_id, line.subject_id, line.space_id) == (
        Action.ROLE, moderator.id, kim.id, gent.id
    )  # fmt: skip
    memberships.set_role(actor(moderator), gent.id, kim.id, role=Role.GUEST)
    assert len(history(kim, gent)) == 2


def test_removing_needs_a_reason_and_closes_the_space(gent, moderator):
    kim = make_member("Kim", space=gent)
    with pytest.raises(Invalid):
        memberships.remove(actor(moderator), gent.id, kim.id, reason=" ")
    memberships.remove(actor(moderator), gent.id, kim.id, reason="moved to another city")
    assert actor(kim).roles == {}
    assert history(kim, gent) == [(Role.MEMBER, False)]
    with pytest.raises(NotFound):
        memberships.remove(actor(moderator), gent.id, kim.id, reason="again")
    memberships.grant(moderator.id, kim.id, gent.id, Role.MEMBER)
    assert history(kim, gent) == [(Role.MEMBER, False), (Role.MEMBER, True)]


def test_others_change_no_roles(gent, moderator):
    kim = make_member("Kim", space=gent)
    elsewhere = make_member("Leen", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for who in (kim, elsewhere):
        with pytest.raises(Forbidden):
            memberships.set_role(actor(who), gent.id, kim.id, role=Role.MODERATOR)
        with pytest.raises(Forbidden):
            memberships.remove(actor(who), gent.id, moderator.id, reason="mutiny")
    hidden = make_space("Hidden", unlisted=True)
    with pytest.raises(NotFound):
        memberships.set_role(actor(elsewhere), hidden.id, kim.id, role=Role.MEMBER)


def test_the_last_moderator_stays(gent, moderator):
    for end in (
        lambda: memberships.set_role(actor(moderator), gent.id, moderator.id, role=Role.MEMBER),
        lambda: memberships.remove(actor(moderator), gent.id, moderator.id, reason="I leave"),
    ):
        with pytest.raises(Invalid):
            end()
    make_member("Gone", space=gent, role=Role.MODERATOR, suspended_at=clock.now())
    with pytest.raises(Invalid):
        memberships.set_role(actor(moderator), gent.id, moderator.id, role=Role.MEMBER)
    make_member("Bram", space=gent, role=Role.MODERATOR)
    memberships.set_role(actor(moderator), gent.id, moderator.id, role=Role.MEMBER)
    assert actor(moderator).roles == {gent.id: Role.MEMBER}


def test_granting_raises_a_role_and_never_lowers_it(gent):
    kim = make_member("Kim")
    for given, held in (
        (Role.GUEST, Role.GUEST), (Role.MODERATOR, Role.MODERATOR), (Role.MEMBER, Role.MODERATOR)
    ):  # fmt: skip
        assert memberships.grant(None, kim.id, gent.id, given).role == held


def test_only_who_belongs_sees_who_belongs(gent, moderator):
    kim = make_member("Kim", space=gent)
    make_member("Gone", space=gent, suspended_at=clock.now())
    assert {row.name for row in roster.members(actor(kim), gent.id).rows} == {"Kim", "Wouter"}
    elsewhere = make_member("Leen", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    with pytest.raises(Forbidden):
        roster.members(actor(elsewhere), gent.id)
    with pytest.raises(NotFound):
        roster.members(actor(elsewhere), make_space("Hidden", unlisted=True).id)
    with pytest.raises(NotFound):
        roster.members(None, gent.id)


def test_the_list_of_members_is_paged_and_asks_no_more_for_more_people(gent, moderator, count_queries):
    with count_queries() as few:
        roster.members(actor(moderator), gent.id)
    for number in range(25):
        make_member(f"Person {number}", space=gent)
    with count_queries() as many:
        page = roster.members(actor(moderator), gent.id, limit=10)
    assert many.count == few.count
    names = [row.name for row in page.rows]
    while page.next_cursor:
        page = roster.members(actor(moderator), gent.id, cursor=page.next_cursor, limit=10)
        names += [row.name for row in page.rows]
    assert len(names) == len(set(names)) == 26


@pytest.mark.live
def test_two_moderators_who_demote_each_other_leave_one(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        pair = [make_member(name, space=gent, role=Role.MODERATOR).id for name in ("Ada", "Bea")]
        space_id = gent.id
        db.session.commit()

    def demote(turn):
        with live_app.app_context(), live_app.test_request_context():
            who = actor(db.session.get_one(Member, pair[turn]))
            try:
                memberships.set_role(who, space_id, pair[1 - turn], role=Role.MEMBER)
                db.session.commit()
            except (Invalid, Forbidden):
                db.session.rollback()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, range(2)))
    with live_app.app_context():
        left = select(Membership).where(Membership.role == Role.MODERATOR, Membership.ended_at.is_(None))
        assert len(db.session.scalars(left).all()) == 1
