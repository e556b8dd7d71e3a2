"""Acts on a thread: closing it, who reads it, what it is about, its nominations, what waits to appear in it."""

import uuid

from forum.domain.held_posts import deciding
from forum.domain.moderation import locking, set_aside
from forum.domain.threads import classification, nominations
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.held import HeldBecause, HeldPost
from forum.models.moderation import Action
from forum.models.nominations import Nomination
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from tests import other_readers
from tests.acts.act import Act, lines
from tests.acts.places import THREADS, Place, after, only, thread
from tests.policy.people import Town

STATES = only(
    THREADS, "open", "for the space", "away", "of a moderator", "locked", "hidden", "taken back", "withdrawn"
)


def nominated(town: Town, place: Place) -> Place:
    """A member said that there is a lesson in it."""
    row = {"thread_id": place.thread.id, "member_id": town.member("ome").id, "reason": ""}
    db.session.add(Nomination(**row, nominated_at=clock.now()))
    return place


def held(town: Town, place: Place) -> HeldPost:
    """A reply of `aut` waits in it."""
    row = HeldPost(
        space_id=place.thread.space_id,
        thread_id=place.thread.id,
        author_id=town.member("aut").id,
        body="More.",
        because=HeldBecause.EVERYBODY,
        idempotency_key=str(uuid.uuid4()),
        written_at=clock.now(),
    )
    db.session.add(row)
    return row


def held_of_mod(town: Town, place: Place) -> HeldPost:
    """A reply waits of somebody who moderates the space since."""
    row = held(town, place)
    row.author_id = town.member("mod").id
    return row


HELD = {**after(held, STATES), "of who moderates now": lambda town: held_of_mod(town, thread(town))}
ACTS = (
    Act(
        "close a thread",
        lines(Action.LOCK),
        STATES,
        lambda who, place: locking.lock(who, place.thread.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   c   c   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "reopen a thread",
        lines(Action.REOPEN),
        STATES,
        lambda who, place: locking.reopen(who, place.thread.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   c   c   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   c   c   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   c   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   c   c   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   c   c   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   c   c   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "let fewer people read",
        lines(Action.NARROW),
        STATES,
        lambda who, place: other_readers.set_audience(who, place.thread.id, audience=Audience.SPACE),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   x   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   =   =   =   =   =   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   x   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   x   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   x   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   x   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   x   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "let more people read",
        lines(Action.WIDEN),
        STATES,
        lambda who, place: other_readers.set_audience(who, place.thread.id, audience=Audience.PUBLIC),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   x   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   x   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   x   .   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   .   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   x   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   x   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   x   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   x   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "classify",
        lines(Action.CLASSIFY),
        STATES,
        lambda who, place: classification.classify(
            who, place.thread.id, need=Need.FACTS, axis=Axis.SOLIDARITY, tags=["loket"]
        ),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   =   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   =   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   =   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   =   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   =   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "no answer needed",
        lines(Action.SET_ASIDE),
        STATES,
        lambda who, place: set_aside.story(who, place.thread.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "close a nomination",
        lines(Action.CLOSE_NOMINATION),
        after(nominated, STATES),
        lambda who, place: nominations.close(who, place.thread.id, reason="Not now."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "let a post appear",
        lines(Action.APPROVE_POST),
        HELD,
        lambda who, row: deciding.approve(who, row.id, seen=1, html=text.render("More.")),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
for the space            s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
of a moderator           s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
locked                   s   s   0   0   0   0   c   c   0   0   s   s   0   0   0   0   s   0   0   0   s
hidden                   s   s   0   0   0   0   c   c   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
withdrawn                s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
of who moderates now     s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="held",
    ),
    Act(
        "let a post not appear",
        lines(Action.REFUSE_POST),
        HELD,
        lambda who, row: deciding.refuse(who, row.id, seen=1, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
for the space            s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   0   0   0   0   0   0   s   s   0   0   x   0   s   0   0   0   s
of a moderator           s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
locked                   s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
hidden                   s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   0   0   0   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
withdrawn                s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
of who moderates now     s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="held",
    ),
)
