"""Acts on the desk that write no line in the log: taking what waits in hand, notes, questions to authors."""

from typing import Any

from sqlalchemy import func, select

from forum.domain.desk import hands
from forum.domain.desk import notes as desk_notes
from forum.domain.held_posts import pointing
from forum.domain.moderation import narrowing
from forum.domain.regrouping import agreements
from forum.domain.spaces import person_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.desk import DeskNote, DeskTaking
from forum.models.held import PointedOut
from forum.models.regrouping import AgreementRound
from forum.models.spaces import Audience
from tests.acts.act import Act, lines
from tests.acts.on_people import PEOPLE
from tests.acts.on_threads import STATES
from tests.acts.places import REPLIES, THREADS, Place, after, only
from tests.factories import actor
from tests.policy.people import Town

WAITING = only(THREADS, "for the space", "away, for the space")
THREADS_ASKED = only(STATES, "for the space", "away", "locked")
POSTS = only(REPLIES, "open", "for the space", "away", "away, for the space")


def key(place: Place) -> str:
    """That of a story without an answer, on the desk."""
    return f"unanswered-{place.thread.id}"


def taken(town: Town, place: Place) -> Place:
    """One moderator has it in hand."""
    hands.take(actor(town.member("mod")), key(place))
    return place


def asked(town: Town, place: Place) -> Place:
    """Its authors are asked whether more may read it."""
    narrowing.ask_authors(actor(town.member("mod")), place.thread.id, audience=Audience.NETWORK)
    return place


def pointed_out(town: Town, place: Place) -> int:
    """A watched word is in it."""
    row = PointedOut(post_id=place.post.id, word="loket", at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row.id


def count(*conditions: Any) -> Any:
    """What counts the rows for which this holds."""
    return lambda: db.session.scalar(select(func.count()).where(*conditions))


ACTS = (
    Act(
        "take what waits in hand",
        lines(),
        WAITING,
        lambda who, place: hands.take(who, key(place)),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
for the space            s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away, for the space      s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
        """,
        trace=count(DeskTaking.ended_at.is_(None)),
    ),
    Act(
        "give it back",
        lines(),
        after(taken, only(THREADS, "for the space")),
        lambda who, place: hands.give_back(who, key(place)),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
for the space            s   s   0   0   0   0   x   =   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        trace=count(DeskTaking.ended_at.is_(None)),
    ),
    Act(
        "write a note about what waits",
        lines(),
        WAITING,
        lambda who, place: desk_notes.write(who, key(place), words="Ask him."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
for the space            s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away, for the space      s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
        """,
        trace=count(DeskNote.id.is_not(None)),
    ),
    Act(
        "write a note about a member",
        lines(),
        PEOPLE,
        lambda who, ids: person_page.write(who, *ids, words="Ask him."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a guest                  s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member                 s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a moderator              s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a suspended member       s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
somebody new             s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a former member          s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
a member elsewhere       s   s   0   .   .   .   0   0   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        trace=count(DeskNote.id.is_not(None)),
    ),
    Act(
        "look at what was pointed out",
        lines(),
        after(pointed_out, POSTS),
        lambda who, item_id: pointing.seen(who, item_id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
for the space            s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
away, for the space      s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
        """,
        trace=count(PointedOut.seen_at.is_not(None)),
    ),
    Act(
        "ask the authors",
        lines(),
        THREADS_ASKED,
        lambda who, place: narrowing.ask_authors(who, place.thread.id, audience=Audience.PUBLIC),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        trace=count(AgreementRound.ended_at.is_(None)),
    ),
    Act(
        "ask the authors no more",
        lines(),
        after(asked, only(THREADS, "for the space")),
        lambda who, place: agreements.take_back(who, place.thread.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        trace=count(AgreementRound.ended_at.is_(None)),
    ),
)
