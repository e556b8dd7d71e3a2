"""Acts about a member in a space: warning, letting all their posts wait, muting; ending it, and their objection."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from forum.domain.moderation import measure_objections
from forum.domain.spaces import measures
from forum.domain.spaces.measures import Decision
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.measures import MeasureKind, MeasureObjection, SpaceMeasure
from forum.models.moderation import Action
from forum.policy.actors import Actor
from tests.acts.act import Act, lines
from tests.acts.on_people import PEOPLE
from tests.policy.people import Town


def decided(kind: MeasureKind) -> Callable[[Actor, tuple[int, int]], Any]:
    """The act of deciding this about a member."""
    last_day = days.today() + timedelta(days=3) if kind == MeasureKind.MUTE else None
    return lambda who, ids: measures.take(who, *ids, Decision(kind, "Too sharp.", last_day))


def muted(town: Town, code: str = "mem", *, by: str = "cur") -> SpaceMeasure:
    """A moderator muted somebody here, and can no longer undo it."""
    row = SpaceMeasure(
        space_id=town.here.id,
        member_id=town.member(code).id,
        kind=MeasureKind.MUTE,
        reason="Too sharp.",
        last_day=days.today() + timedelta(days=3),
        made_by_id=town.member(by).id,
        made_at=clock.now() - timedelta(hours=1),
    )
    db.session.add(row)
    db.session.flush()
    return row


def objected(town: Town, *, by: str = "cur") -> SpaceMeasure:
    """They said that it is not right."""
    row = muted(town, by=by)
    db.session.add(MeasureObjection(measure_id=row.id, words="I was not.", made_at=clock.now()))
    return row


MUTED: dict[str, Any] = {
    "a muted member": muted,
    "a muted guest": lambda town: muted(town, "gue"),
    "who moderates now": lambda town: muted(town, "mod"),
}
OBJECTED: dict[str, Any] = {
    "muted by cur": objected,
    "muted by mod": lambda town: objected(town, by="mod"),
    "no objection": muted,
}
ACTS = (
    Act(
        "warn",
        lines(Action.WARN_MEMBER),
        PEOPLE,
        decided(MeasureKind.WARN),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="member",
    ),
    Act(
        "let all posts wait",
        lines(Action.HOLD_MEMBER),
        PEOPLE,
        decided(MeasureKind.HOLD),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="member",
    ),
    Act(
        "mute",
        lines(Action.MUTE_MEMBER),
        PEOPLE,
        decided(MeasureKind.MUTE),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="member",
    ),
    Act(
        "end a mute",
        lines(Action.END_MEASURE),
        MUTED,
        lambda who, row: measures.end(who, row.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a muted member           s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
a muted guest            s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
who moderates now        s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
    Act(
        "give in to an objection of a member",
        lines(Action.END_MEASURE),
        OBJECTED,
        lambda who, row: measure_objections.give_in(who, row.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
muted by cur             s   s   0   0   0   0   x   .   0   0   s   s   0   0   0   0   s   0   0   0   s
muted by mod             s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
no objection             s   s   0   0   0   0   c   .   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
    Act(
        "keep what was decided about a member",
        lines(Action.KEEP_MEASURE),
        OBJECTED,
        lambda who, row: measure_objections.keep(who, row.id, answer="You were."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
muted by cur             s   s   0   0   0   0   x   .   0   0   s   s   0   0   0   0   s   0   0   0   s
muted by mod             s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
no objection             s   s   0   0   0   0   c   .   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
)
