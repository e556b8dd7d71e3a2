"""A moderator says when they are away, and names who stands in where nobody would be left."""

from datetime import timedelta

import pytest

from forum.domain.audit import log as audit_log
from forum.domain.desk import people
from forum.domain.spaces import absences, deputies
from forum.domain.spaces.absences import Days
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.absences import ModeratorAbsence
from forum.models.moderation import Action
from forum.models.spaces import Role
from forum.policy.errors import Forbidden, Invalid
from tests.factories import actor, join, make_member, make_space

pytestmark = pytest.mark.both_databases


def ahead(first: int, last: int) -> Days:
    """Some days from now on."""
    return Days(days.today() + timedelta(days=first), days.today() + timedelta(days=last))


def away(moderator, space, deputy, *, first=0, last=6) -> None:
    """The moderator says that they are away, and names who stands in."""
    named = {space.id: deputy.handle}
    absences.say(actor(moderator), ahead(first, last), named=named)


def test_a_moderator_says_it_changes_it_and_is_back(gent, leen, moderator):
    for who in (leen, make_member("Gust", space=gent, role=Role.GUEST)):
        with pytest.raises(Forbidden):
            absences.own(actor(who))
        with pytest.raises(Forbidden):
            absences.say(actor(who), ahead(0, 1))
        with pytest.raises(Forbidden):
            absences.end(actor(who))
    assert absences.own(actor(moderator)) is None
    away(moderator, gent, leen, first=2, last=4)
    assert absences.own(actor(moderator)) == ahead(2, 4)
    absences.say(actor(moderator), ahead(2, 4))  # the same press, sent twice
    absences.say(actor(moderator), ahead(2, 9))
    assert [(one.name, one.last) for one in people.of_space(gent.id).away] == [
        (moderator.name, ahead(0, 9).last)
    ]
    absences.end(actor(moderator))
    absences.end(actor(moderator))
    assert absences.own(actor(moderator)) is None
    lines = [line for line in audit_log.page(actor(moderator), gent.id).rows if line.action == Action.AWAY]
    assert [line.days for line in lines] == [None, ahead(2, 9), ahead(2, 4)]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 3, "first"), (3, 2, "last"), (366, 367, "first"), (0, 184, "last"), (-5, -2, "first")],
)
def test_days_that_are_none_are_refused_at_their_field(gent, leen, moderator, first, last, field):
    with pytest.raises(Invalid) as refused:
        away(moderator, gent, leen, first=first, last=last)
    assert refused.value.field == field
    assert absences.own(actor(moderator)) is None


def test_who_is_away_already_changes_only_the_last_day(gent, leen, moderator):
    with clock.at(clock.now() - timedelta(days=3)):
        away(moderator, gent, leen, first=0, last=6)
    absences.say(actor(moderator), ahead(-3, 1))
    with pytest.raises(Invalid) as refused:
        absences.say(actor(moderator), ahead(-3, -1))
    assert refused.value.field == "last"
    with clock.at(clock.now() + timedelta(days=2)):
        assert absences.own(actor(moderator)) is None, "it ends by itself"
        with pytest.raises(Invalid):
            absences.say(actor(moderator), ahead(-5, 1))
        absences.end(actor(moderator))
    assert db.session.get(ModeratorAbsence, moderator.id) is None


def test_a_deputy_is_asked_for_where_nobody_would_be_left_on_one_of_the_days(gent, leen, moderator):
    second = make_member("Mo")
    join(second, gent, Role.MODERATOR)
    third = make_member("Suspended", space=gent, role=Role.MODERATOR)
    third.suspended_at = third.created_at
    absences.say(actor(second), ahead(5, 9))
    assert absences.lacking(actor(moderator)) == []
    absences.say(actor(moderator), ahead(1, 4))
    assert [one.id for one in absences.lacking(actor(moderator), ahead(1, 5))] == [gent.id]
    for handle in ("", "nobody", second.handle, third.handle):
        with pytest.raises(Invalid) as refused:
            absences.say(actor(moderator), ahead(1, 5), named={gent.id: handle})
        assert refused.value.field == f"deputy_{gent.id}"
    absences.say(actor(moderator), ahead(1, 5), named={gent.id: f"@{leen.handle}"})
    assert deputies.of_space(gent.id) == leen.id
    assert absences.lacking(actor(moderator), ahead(1, 5)) == []


def test_days_that_are_over_ask_for_no_deputy(gent, moderator):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    with clock.at(clock.now() - timedelta(days=5)):
        absences.say(actor(second), ahead(1, 2))
        db.session.add(
            ModeratorAbsence(
                member_id=moderator.id,
                first_day=ahead(0, 0).first,
                last_day=ahead(0, 6).last,
                said_at=clock.now(),
            )
        )
        db.session.flush()
        assert [one.id for one in absences.lacking(actor(moderator), ahead(0, 9))] == [gent.id]
    absences.say(actor(moderator), ahead(-5, 9))
    assert absences.own(actor(moderator)) == ahead(-5, 9)


def test_each_space_that_lacks_one_asks_and_no_other(gent, leen, moderator):
    aalst = make_space("Aalst", city="aalst")
    join(moderator, aalst, Role.MODERATOR)
    els = make_member("Els", space=aalst)
    with pytest.raises(Invalid) as refused, db.session.begin_nested():
        absences.say(actor(moderator), ahead(0, 3), named={gent.id: leen.handle, aalst.id: leen.handle})
    assert refused.value.field == f"deputy_{aalst.id}"
    absences.say(actor(moderator), ahead(0, 3), named={gent.id: leen.handle, aalst.id: els.handle})
    assert (deputies.of_space(gent.id), deputies.of_space(aalst.id)) == (leen.id, els.id)
