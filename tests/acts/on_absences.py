"""Acts while moderators are away, and where none is left: saying so, being back, standing in, and naming another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from forum.domain.held_posts import deciding
from forum.domain.moderation import settling
from forum.domain.moderation.settling import Verdict
from forum.domain.spaces import absences, deputies, unmoderated
from forum.domain.spaces.absences import Days
from forum.infra import clock, days, text
from forum.infra.db import db
from forum.models.absences import ModeratorAbsence
from forum.models.moderation import Action
from forum.models.post_reports import ReportOutcome
from tests.acts.act import Act, lines
from tests.acts.on_posts import reported
from tests.acts.on_threads import held
from tests.acts.places import REPLIES, THREADS
from tests.factories import actor
from tests.policy.people import Town


def away(*codes: str) -> Callable[[Town], Town]:
    """These are away today; a member is the deputy."""

    def make(town: Town) -> Town:
        handle = town.member("mem").handle
        deputies.name(actor(town.member("mod")), town.here.id, handle=handle)
        today = days.today()
        for code in codes:
            row = {"member_id": town.member(code).id, "first_day": today, "last_day": today}
            db.session.add(ModeratorAbsence(**row, said_at=clock.now()))
        return town

    return make


def suspended(town: Town) -> Town:
    """Nobody moderates it any more."""
    for code in ("mod", "cur"):
        town.member(code).suspended_at = clock.now()
    return town


def of(make: Callable[[Town], Town], subject: Callable[[Town], Any]) -> Callable[[Town], Any]:
    """What an act is done to in such a town."""
    return lambda town: subject(make(town))


def say(who: Any, town: Town) -> None:
    """They are away for a week, and name a deputy wherever they are asked for one."""
    week = Days(days.today(), days.today() + timedelta(days=6))
    named = {town.here.id: town.member("mem").handle, town.elsewhere.id: town.member("ome").handle}
    absences.say(who, week, named=named)


def reports(town: Town) -> int:
    """A post that was reported."""
    return reported(town, REPLIES["open"](town)).post.id


def waiting(town: Town) -> int:
    """A post that waits."""
    row = held(town, THREADS["open"](town))
    db.session.flush()
    return row.id


def to_name(code: str) -> Callable[[Town], tuple[int, str]]:
    """The space, and who would moderate it."""
    return lambda town: (town.here.id, town.member(code).handle)


BOTH, ONE = away("mod", "cur"), away("cur")
ACTS = (
    Act(
        "say that one is away",
        lines(Action.AWAY),
        {"nobody yet": lambda town: town, "the other is": ONE},
        say,
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
nobody yet               s   s   .   .   .   .   x   x   .   .   s   s   .   .   x   .   s   .   .   .   s
the other is             s   s   .   .   .   .   x   x   .   .   s   s   .   .   x   .   s   .   .   .   s
        """,
    ),
    Act(
        "be there again",
        lines(Action.AWAY),
        {"both are away": BOTH, "one of them": ONE},
        lambda who, _town: absences.end(who),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
both are away            s   s   .   .   .   .   x   x   .   .   s   s   .   .   =   .   s   .   .   .   s
one of them              s   s   .   .   .   .   =   x   .   .   s   s   .   .   =   .   s   .   .   .   s
        """,
    ),
    Act(
        "settle reports while they are away",
        lines(Action.SETTLE_REPORT),
        {"both are away": of(BOTH, reports), "one of them": of(ONE, reports)},
        lambda who, post_id: settling.settle(who, post_id, Verdict(ReportOutcome.HIDDEN, "A name.")),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
both are away            s   s   0   .   x   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
one of them              s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
    ),
    Act(
        "let a post appear while they are away",
        lines(Action.APPROVE_POST),
        {"both are away": of(BOTH, waiting), "one of them": of(ONE, waiting)},
        lambda who, held_id: deciding.approve(who, held_id, seen=1, html=text.render("More.")),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
both are away            s   s   0   0   x   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
one of them              s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
    Act(
        "let a post not appear while they are away",
        lines(Action.REFUSE_POST),
        {"both are away": of(BOTH, waiting), "one of them": of(ONE, waiting)},
        lambda who, held_id: deciding.refuse(who, held_id, seen=1, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
both are away            s   s   0   0   x   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
one of them              s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
    Act(
        "name a moderator where nobody is one",
        lines(Action.ROLE),
        {
            "somebody moderates": to_name("mem"),
            "a member": of(suspended, to_name("mem")),
            "a guest": of(suspended, to_name("gue")),
            "a suspended member": of(suspended, to_name("sme")),
            "a member elsewhere": of(suspended, to_name("ome")),
        },
        lambda who, named: unmoderated.name(who, named[0], handle=named[1]),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
somebody moderates       s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   .   c   .   s
a member                 s   s   .   .   .   .   s   s   .   .   s   s   .   .   .   .   s   .   x   .   s
a guest                  s   s   .   .   .   .   s   s   .   .   s   s   .   .   .   .   s   .   i   .   s
a suspended member       s   s   .   .   .   .   s   s   .   .   s   s   .   .   .   .   s   .   i   .   s
a member elsewhere       s   s   .   .   .   .   s   s   .   .   s   s   .   .   .   .   s   .   i   .   s
        """,
    ),
)
