"""Who decides something about a member in a space, objects to it and decides on that: everybody, one by one."""

import pytest

from forum.infra import clock
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.spaces import Role
from forum.policy import measuring
from forum.policy.actors import actor_of
from tests.policy import people

# Of every kind of person: may they decide something about "mem", who is a member here; may they decide on an objection
# of "mem" to what "cur" decided, as nobody's deputy; and as the deputy, where there is one.
TABLE = """
code  about  objection  as a deputy
vis   .      .          .
new   .      .          x
gue   .      .          x
mem   .      .          .
aut   .      .          x
mod   x      x          x
cur   x      .          .
xme   .      .          x
xmo   .      .          x
ogu   .      .          x
ome   .      .          x
omo   .      .          x
oxm   .      .          x
edi   .      .          x
adm   .      .          x
xed   .      .          x
"""


def test_each_kind_of_person(session):
    town = people.build()
    member = town.member("mem")
    measure = SpaceMeasure(
        space_id=town.here.id, member_id=member.id, made_by_id=town.member("cur").id, kind=MeasureKind.MUTE
    )
    found = {}
    for code, person in town.people.items():
        actor = actor_of(person.id) if person is not None else None
        if actor is None and code != "vis":
            continue  # nobody acts for them
        answers = (
            measuring.may_measure(actor, town.here.id, member.id, role=Role.MEMBER),
            measuring.may_decide_on(actor, measure, is_deputy=False),
            actor is not None and measuring.may_decide_on(actor, measure, is_deputy=True),
        )
        found[code] = ["x" if answer else "." for answer in answers]
    assert found == {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()[1:]}


def test_never_about_oneself_or_another_moderator(session):
    town = people.build()
    mod, cur = actor_of(town.member("mod").id), town.member("cur")
    assert not measuring.may_measure(mod, town.here.id, mod.id, role=Role.MODERATOR)
    assert not measuring.may_measure(mod, town.here.id, mod.id, role=None)
    assert not measuring.may_measure(mod, town.here.id, cur.id, role=Role.MODERATOR)
    assert measuring.may_measure(mod, town.here.id, cur.id, role=None)


@pytest.mark.parametrize(
    ("kind", "ended", "is_final", "is_made", "expected"),
    [
        (MeasureKind.MUTE, False, True, False, True),
        (MeasureKind.HOLD, False, True, False, True),
        (MeasureKind.REMOVE, False, True, False, True),
        (MeasureKind.WARN, False, True, False, False),
        (MeasureKind.MUTE, True, True, False, False),
        (MeasureKind.MUTE, False, False, False, False),
        (MeasureKind.MUTE, False, True, True, False),
    ],
)
def test_whom_it_is_about_objects_once_while_it_holds(session, kind, ended, is_final, is_made, expected):
    town = people.build()
    member = town.member("xme")
    measure = SpaceMeasure(
        space_id=town.here.id, member_id=member.id, kind=kind, ended_at=clock.now() if ended else None
    )
    answer = measuring.may_object_to(actor_of(member.id), measure, is_final=is_final, is_made=is_made)
    assert bool(answer) is expected
    for other in ("mem", "mod", "adm"):
        actor = actor_of(town.member(other).id)
        assert not measuring.may_object_to(actor, measure, is_final=is_final, is_made=is_made)
