"""Acts by which words go for good, and those on the title and the place of a thread."""

from datetime import timedelta

from sqlalchemy import select

from forum.domain.moderation import deleting, leaving_out, leaving_out_objections, pinning, retitling
from forum.domain.spaces import deputies
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action
from forum.models.sealing import Sealing, SealingObjection
from tests.acts.act import Act, lines
from tests.acts.on_posts import OPENINGS, reported_by_mod
from tests.acts.on_threads import STATES
from tests.acts.places import REPLIES, Place, after, only
from tests.factories import actor
from tests.policy.people import Town

WORDS = {
    **only(REPLIES, "open", "for the space", "away", "of a moderator", "locked", "hidden", "taken back"),
    **after(reported_by_mod, {"reported by mod": REPLIES["open"]}),
}


def objected(town: Town, place: Place, by: str = "mod", deputy: str = "") -> Place:
    """A moderator left words out of it, for good; its author said that they should not have."""
    with clock.at(clock.now() - timedelta(hours=1)):
        leaving_out.leave_out(actor(town.member(by)), place.post.id, words="otherwise", reason="A name.")
    if deputy:
        deputies.name(actor(town.member(by)), town.here.id, handle=town.member(deputy).handle)
    db.session.add(SealingObjection(sealing_id=left_out_of(place), words="No name.", made_at=clock.now()))
    return place


def left_out_of(place: Place) -> int:
    """The act that left words out of a post; a number that nothing has where none were."""
    numbers = select(Sealing.id).where(Sealing.post_id == place.post.id).order_by(Sealing.id)
    return db.session.scalars(numbers).first() or 0


def with_a_deputy(town: Town) -> Place:
    """The post of one moderator, out of which the other left words: whoever stands in for both decides."""
    return objected(town, REPLIES["of a moderator"](town), by="cur", deputy="mem")


OBJECTIONS = {
    **after(objected, only(REPLIES, "open", "for the space", "locked")),
    "by cur": lambda town: objected(town, REPLIES["open"](town), by="cur"),
    "with a deputy": with_a_deputy,
}


def pinned(town: Town, place: Place) -> Place:
    """It stands on top of the page of its space."""
    by = "omo" if place.thread.space_id == town.elsewhere.id else "cur"
    if place.thread.hidden_at is None and place.thread.withdrawn_at is None:
        pinning.pin(actor(town.member(by)), place.thread.id)
    return place


ACTS = (
    Act(
        "delete a reply",
        lines(Action.DELETE_POST),
        WORDS,
        lambda who, place: deleting.delete(who, place.post.id, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
taken back               s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
reported by mod          s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "delete a story",
        lines(Action.DELETE_POST),
        OPENINGS,
        lambda who, place: deleting.delete(who, place.post.id, reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
hidden by mod            s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "leave words out",
        lines(Action.LEAVE_OUT),
        WORDS,
        lambda who, place: leaving_out.leave_out(who, place.post.id, words="otherwise", reason="A name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
taken back               s   s   0   .   .   .   .   .   0   0   s   s   0   .   .   0   s   .   .   0   s
reported by mod          s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "agree that words should not have been left out",
        lines(Action.LIFT_LEAVING_OUT),
        OBJECTIONS,
        lambda who, place: leaving_out_objections.lift(who, left_out_of(place)),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
for the space            s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
locked                   s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
by cur                   s   s   0   0   0   0   x   .   0   0   s   s   0   0   0   0   s   0   0   0   s
with a deputy            s   s   0   0   x   0   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "let words stay out",
        lines(Action.KEEP_LEFT_OUT),
        OBJECTIONS,
        lambda who, place: leaving_out_objections.keep(who, left_out_of(place), answer="It is a name."),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
for the space            s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
locked                   s   s   0   0   0   0   .   x   0   0   s   s   0   0   0   0   s   0   0   0   s
by cur                   s   s   0   0   0   0   x   .   0   0   s   s   0   0   0   0   s   0   0   0   s
with a deputy            s   s   0   0   x   0   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    Act(
        "give another title",
        lines(Action.RETITLE),
        STATES,
        lambda who, place: retitling.retitle(
            who, place.thread.id, title="Who calls back?", reason="Clearer."
        ),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
        about="place",
    ),
    # A space has room for three: what comes of it depends on others.
    Act(
        "pin a thread",
        lines(Action.PIN),
        STATES,
        lambda who, place: pinning.pin(who, place.thread.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
    Act(
        "pin a thread no longer",
        lines(Action.UNPIN),
        after(pinned, STATES),
        lambda who, place: pinning.unpin(who, place.thread.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   =   =   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
)
