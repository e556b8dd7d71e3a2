"""Acts on people in a space: letting in, roles, removing, what they speak as, deputies, what is handed over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from forum.domain.handovers import answers
from forum.domain.people import capacities
from forum.domain.spaces import confirmations, deputies, join_requests, memberships
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.handovers import HandOver
from forum.models.moderation import Action
from forum.models.spaces import Invitation, JoinRequest, Role
from tests.acts.act import Act, lines
from tests.factories import actor, make_member
from tests.policy.people import Town

Who = Callable[[Town], Member]


def code(name: str) -> Who:
    """Somebody of the town."""
    return lambda town: town.member(name)


# A row says whom it is done to; their own column, that they do it to themselves.
HERE = {
    "a guest": code("gue"),
    "a member": code("mem"),
    "a moderator": code("mod"),
    "a suspended member": code("sme"),
    "somebody new": lambda town: make_member("Kim", space=town.here),
    "a former member": code("xme"),
    "a member elsewhere": code("ome"),
}


def in_space(who: Who) -> Callable[[Town], tuple[int, int]]:
    """The ids of the space and of somebody."""
    return lambda town: (town.here.id, who(town).id)


def asking(town: Town, *, away: bool = False) -> JoinRequest:
    """A newcomer asks to belong to a space."""
    row = JoinRequest(
        space_id=(town.elsewhere if away else town.here).id,
        member_id=make_member("Kim").id,
        message="",
        asked_at=clock.now(),
    )
    db.session.add(row)
    return row


def answered(town: Town) -> JoinRequest:
    """Somebody was let in already."""
    row = asking(town)
    row.answered_at, row.answered_by_id, row.accepted = clock.now(), town.member("cur").id, True
    return row


def speaking(who: Who, city: str = "aalst", *, confirmed: bool = False) -> Callable[[Town], Capacity]:
    """What somebody says that they speak as, in a city."""

    def make(town: Town) -> Capacity:
        held = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "city": city}
        row = capacities.add(who(town).id, starts_on=days.today() - timedelta(days=90), **held)
        if confirmed:
            row.confirmed_at, row.confirmed_by_id = clock.now(), town.member("cur").id
        return row

    return make


REQUESTS: dict[str, Any] = {
    "asking here": asking,
    "asking away": lambda town: asking(town, away=True),
    "let in already": answered,
}
SPEAKING: dict[str, Any] = {
    "of somebody new": speaking(HERE["somebody new"]),
    "of a member": speaking(code("mem")),
    "of a moderator": speaking(code("mod")),
    "of another city": speaking(code("ome"), "gent"),
    "confirmed": speaking(code("mem"), confirmed=True),
}
PEOPLE: dict[str, Any] = {name: in_space(who) for name, who in HERE.items()}


def with_deputy(town: Town) -> int:
    """The space with a deputy."""
    deputies.name(actor(town.member("mod")), town.here.id, handle=town.member("mem").handle)
    return town.here.id


def handed_over(town: Town) -> HandOver:
    """One moderator offers another an invitation that they answer for."""
    invitation = Invitation(
        space_id=town.here.id,
        email="kim@people.test",
        role=Role.MEMBER,
        locale="nl",
        invited_by_id=town.member("cur").id,
        responsible_id=town.member("cur").id,
        invited_at=clock.now(),
        expires_at=clock.now() + timedelta(days=9),
    )
    db.session.add(invitation)
    db.session.flush()
    row = {"kind": "invitation", "item_id": invitation.id, "space_id": town.here.id, "id": 7}
    who = {"giver_id": town.member("cur").id, "offered_by_id": town.member("cur").id}
    offer = HandOver(**row, **who, successor_id=town.member("mod").id, offered_at=clock.now())
    db.session.add(offer)
    return offer


ACTS = (
    Act(
        "let somebody in",
        lines(Action.ADMIT),
        REQUESTS,
        lambda who, request: join_requests.answer(who, request.id, role=Role.MEMBER),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
asking here              s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
asking away              s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
let in already           s   s   0   0   0   0   c   c   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="request",
    ),
    Act(
        "not let somebody in",
        lines(Action.NOT_ADMIT),
        REQUESTS,
        lambda who, request: join_requests.answer(who, request.id, role=None),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
asking here              s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
asking away              s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
let in already           s   s   0   0   0   0   c   c   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="request",
    ),
    Act(
        "make somebody a moderator",
        lines(Action.ROLE),
        PEOPLE,
        lambda who, ids: memberships.set_role(who, *ids, role=Role.MODERATOR),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   =   =   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="member",
    ),
    Act(
        "make somebody a guest",
        lines(Action.ROLE),
        PEOPLE,
        lambda who, ids: memberships.set_role(who, *ids, role=Role.GUEST),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   =   =   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="member",
    ),
    Act(
        "remove somebody",
        lines(Action.REMOVE),
        PEOPLE,
        lambda who, ids: memberships.remove(who, *ids, reason="Gone."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="member",
    ),
    Act(
        "confirm a capacity",
        lines(Action.CONFIRM_CAPACITY),
        SPEAKING,
        lambda who, capacity: confirmations.confirm(who, capacity.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
of somebody new          s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of a member              s   s   0   0   .   0   x   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of a moderator           s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of another city          s   s   0   0   0   0   0   0   0   0   s   s   0   .   x   0   s   0   x   0   s
confirmed                s   s   0   0   .   0   =   =   0   0   s   s   0   0   0   0   s   0   =   0   s
        """,
        about="capacity",
    ),
    Act(
        "not confirm a capacity",
        lines(Action.REFUSE_CAPACITY),
        SPEAKING,
        lambda who, capacity: confirmations.refuse(who, capacity.id, reason="Somebody else."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
of somebody new          s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of a member              s   s   0   0   .   0   x   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of a moderator           s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of another city          s   s   0   0   0   0   0   0   0   0   s   s   0   .   x   0   s   0   x   0   s
confirmed                s   s   0   0   .   0   c   c   0   0   s   s   0   0   0   0   s   0   c   0   s
        """,
        about="capacity",
    ),
    Act(
        "end a capacity",
        lines(Action.END_CAPACITY),
        SPEAKING,
        lambda who, capacity: confirmations.end(who, capacity.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
of somebody new          s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of a member              s   s   0   0   .   0   x   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of a moderator           s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   x   0   s
of another city          s   s   0   0   0   0   0   0   0   0   s   s   0   .   x   0   s   0   x   0   s
confirmed                s   s   0   0   .   0   x   x   0   0   s   s   0   0   0   0   s   0   x   0   s
        """,
        about="capacity",
    ),
    Act(
        "name a deputy",
        lines(Action.DEPUTY),
        {name: lambda town, who=who: (town.here.id, who(town).handle) for name, who in HERE.items()},
        lambda who, named: deputies.name(who, named[0], handle=named[1]),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   i   i   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   i   i   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   i   i   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   i   i   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   i   i   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
    ),
    Act(
        "end a deputy",
        lines(Action.DEPUTY),
        {"with one": with_deputy, "without": lambda town: town.here.id},
        lambda who, space_id: deputies.end(who, space_id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
with one                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
without                  s   s   0   .   .   .   =   =   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
    ),
    Act(
        "take over what is offered",
        lines(Action.HAND_OVER),
        {"offered to mod": handed_over},
        lambda who, offer: answers.accept(who, offer.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
offered to mod           s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
)
