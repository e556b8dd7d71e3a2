"""Of many spaces without anybody one letter tells, and one notice: of what each administrator sees, and still."""

import pytest
from sqlalchemy import select

from forum.domain.desk import long_unattended
from forum.domain.spaces import unmoderated
from forum.infra import clock
from forum.infra.db import db
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Role
from tests.domain.moderation.test_long_unattended import DAY, HOUR, KIND, heard, look, mails, words
from tests.factories import actor, join, make_member, make_space

pytestmark = pytest.mark.both_databases


def notices_about():
    query = select(Notification.member_id, Notification.space_id).where(Notification.kind == KIND)
    return [tuple(row) for row in db.session.execute(query.order_by(Notification.member_id))]


@pytest.fixture
def spaces(gent, moderator):
    """Four spaces without anybody, the first of which is listed nowhere."""
    gent.unlisted_at, gent.widest_audience = clock.now(), Audience.SPACE
    moderator.suspended_at = clock.now()
    return [gent, *(make_space(f"Space {number}") for number in range(long_unattended.FEW))]


def test_a_space_that_an_administrator_does_not_see_hides_none_of_the_others(spaces):
    adem = make_member("Adem", network_role="admin", locale="en")
    inside = make_member("Inge", space=spaces[0], network_role="admin", locale="en")
    look()
    look(25 * HOUR)
    assert notices_about() == [(adem.id, spaces[1].id), (inside.id, spaces[0].id)]
    with clock.at(clock.now() + 25 * HOUR):
        subjects = {mail.member_id: words(mail) for mail in mails()}
    assert subjects[adem.id][0] == "Nobody is there to moderate Space 0"
    assert "2 other spaces stand in the same list" in subjects[adem.id][1]
    assert "Gent" not in "".join(subjects[adem.id])
    assert subjects[inside.id][0] == "Nobody is there to moderate Gent"
    look(9 * DAY)
    assert len(mails()) == len(heard()) == 2, "once"


def test_a_notice_of_many_stays_as_long_as_one_of_them_has_nobody(spaces, leen):
    adem = make_member("Adem", network_role="admin", locale="en")
    inside = make_member("Inge", space=spaces[0], network_role="admin", locale="en")
    join(leen, spaces[1])
    join(leen, spaces[2])
    look()
    look(25 * HOUR)
    unmoderated.name(actor(inside), spaces[0].id, handle=leen.handle)
    look(26 * HOUR)
    assert notices_about() == [(adem.id, spaces[1].id), (inside.id, spaces[1].id)]
    for one in spaces[1:3]:  # two at the same look
        unmoderated.name(actor(adem), one.id, handle=leen.handle)
    look(27 * HOUR)
    assert notices_about() == [(adem.id, spaces[3].id), (inside.id, spaces[3].id)]
    make_member("Els", space=spaces[3], role=Role.MODERATOR)
    look(28 * HOUR)
    assert (notices_about(), len(mails())) == ([], 2)
