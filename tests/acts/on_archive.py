"""Acts that put a thread in the archive of its space, and take it out again."""

from datetime import timedelta

from forum.domain.moderation import archiving
from forum.infra import clock
from forum.models.moderation import Action
from forum.policy.actors import Actor
from tests.acts.act import Act, lines
from tests.acts.on_threads import STATES
from tests.acts.places import Place, after, only
from tests.policy.people import Town


def archive(who: Actor, place: Place) -> None:
    """Look at what it would do, and do it."""
    seen = archiving.planned(who, place.thread.id).digest
    archiving.archive(who, place.thread.id, seen=seen, reason="It is over.")


def archived(_town: Town, place: Place) -> Place:
    """Its talk was over yesterday."""
    place.thread.archived_at = clock.now() - timedelta(days=1)
    return place


ARCHIVED = after(
    archived, only(STATES, "open", "for the space", "away", "of a moderator", "locked", "hidden")
)
ACTS = (
    Act(
        "archive a thread",
        lines(Action.ARCHIVE),
        {**STATES, "archived": ARCHIVED["open"]},
        archive,
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
archived                 s   s   0   .   .   .   c   c   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "take a thread out of the archive",
        lines(Action.UNARCHIVE),
        {**ARCHIVED, "not archived": STATES["open"]},
        lambda who, place: archiving.bring_back(who, place.thread.id),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
not archived             s   s   0   .   .   .   c   c   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
)
