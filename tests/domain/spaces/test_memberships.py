"""Who keeps a space is shown to who belongs to it: moderators of today who are let in, by name."""

from forum.domain.spaces import memberships
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Role
from tests.factories import actor, join, make_member, make_space, sign_in


def test_a_suspended_moderator_is_not_shown(session):
    gent, aalst = make_space("Gent", city="gent"), make_space("Aalst", city="aalst")
    reader = make_member("Kim", space=gent)
    make_member("Zoë", space=gent, role=Role.MODERATOR)
    away = make_member("Arno", space=gent, role=Role.MODERATOR)
    make_member("Guest", space=gent, role=Role.GUEST)
    make_member("Elsewhere", space=aalst, role=Role.MODERATOR)
    former = join(make_member("Former"), gent, Role.MODERATOR)
    former.ended_at = clock.now()
    db.session.flush()
    assert [shown.name for shown in memberships.moderators(actor(reader), gent.id)] == ["Arno", "Zoë"]
    away.suspended_at = clock.now()
    db.session.flush()
    assert [shown.name for shown in memberships.moderators(actor(reader), gent.id)] == ["Zoë"]
    stranger = make_member("Leen", space=aalst)
    assert memberships.moderators(actor(stranger), gent.id) == []
    assert memberships.moderators(None, gent.id) == []


def test_the_page_of_a_space_does_not_name_a_suspended_moderator(client):
    gent = make_space("Gent", city="gent")
    reader = make_member("Kim", space=gent)
    make_member("Zoë", space=gent, role=Role.MODERATOR)
    make_member("Arno", space=gent, role=Role.MODERATOR, suspended_at=clock.now())
    sign_in(client, reader)
    page = client.get(f"/spaces/{gent.slug}").get_data(as_text=True)
    assert "Zoë" in page
    assert "Arno" not in page
