"""Acts that give threads or posts another place, and the rules of a space: moving, splitting, merging, publishing."""

from typing import Any

from forum.domain.house_rules import publishing
from forum.domain.house_rules.publishing import Text
from forum.domain.regrouping import merging, moving, splitting
from forum.domain.regrouping.moving import Chosen
from forum.domain.regrouping.splitting import Asked
from forum.models.moderation import Action
from forum.models.spaces import Audience
from forum.policy.actors import Actor
from tests.acts.act import Act, lines
from tests.acts.on_spaces import NETWORK, SPACES
from tests.acts.on_threads import STATES
from tests.acts.places import REPLIES, Place, after, only, thread
from tests.factories import join, make_space
from tests.policy.people import Town

Movable = tuple[Place, int]
Mergeable = tuple[Place, int]
RULES = "Welcome.\n\n## No names\n\nOf nobody."


def movable(town: Town, place: Place) -> Movable:
    """The thread, and a space to which one of the moderators here belongs; it has no guests, who would read it too."""
    space = make_space("Elders", city="genk")
    join(town.member("mod"), space)
    return place, space.id


def mergeable(town: Town, place: Place) -> Mergeable:
    """The thread, and another one here that as many people read."""
    return place, thread(town, by="mem", audience=Audience(place.thread.audience)).thread.id


def move(who: Actor, asked: Movable) -> Any:
    """Look at the dry run, and move it."""
    place, space_id = asked
    chosen = Chosen(space_id)
    seen = moving.asked(who, place.thread.id, chosen).digest
    return moving.move(who, place.thread.id, chosen, seen=seen, reason="It is about theirs.")


def split(who: Actor, place: Place) -> Any:
    """Look at what would be done, and make a thread of the reply."""
    asked = Asked((place.post.number,), "On its own", Audience.SPACE)
    seen = splitting.planned(who, place.thread.id, asked).digest
    return splitting.split(who, place.thread.id, asked, seen=seen, reason="It is about theirs.")


def merge(who: Actor, asked: Mergeable) -> Any:
    """Look at what would be done, and put the thread with the other."""
    place, into_id = asked
    seen = merging.planned(who, place.thread.id, into_id).digest
    return merging.merge(who, place.thread.id, into_id, seen=seen)


ACTS = (
    Act(
        "move a thread",
        lines(Action.MOVE, Action.MOVE_IN),
        after(movable, STATES),
        move,
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   .   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   .   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   .   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   x   .   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   .   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   .   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
    Act(
        "split a thread",
        lines(Action.SPLIT),
        only(REPLIES, "open", "for the space", "away", "of a moderator", "locked", "hidden", "taken back"),
        split,
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   .   .   .   i   i   0   0   s   s   0   .   .   0   s   .   .   0   s
taken back               s   s   0   .   .   .   i   i   0   0   s   s   0   .   .   0   s   .   .   0   s
        """,
        about="place",
    ),
    Act(
        "merge a thread",
        lines(Action.MERGE),
        after(mergeable, STATES),
        merge,
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
for the space            s   s   0   .   .   .   x   x   0   0   s   s   0   0   0   0   s   0   0   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   i   0   s   .   .   0   s
of a moderator           s   s   0   .   .   .   .   x   0   0   s   s   0   .   .   0   s   .   .   0   s
locked                   s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
hidden                   s   s   0   0   0   .   .   .   0   0   s   s   0   0   0   0   s   0   0   0   s
taken back               s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
withdrawn                s   s   0   0   0   .   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
    Act(
        "publish house rules",
        lines(Action.RULES),
        {**SPACES, **NETWORK},
        lambda who, space_id: publishing.publish(who, space_id, Text(RULES), seen=0),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a new one                s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
here                     s   s   0   .   .   .   x   x   0   0   s   s   0   .   .   0   s   .   .   0   s
away                     s   s   0   0   .   .   .   .   0   0   s   s   .   .   x   0   s   .   .   0   s
unlisted                 s   s   0   0   0   0   0   0   0   0   s   s   0   0   0   0   s   0   0   0   s
network                  s   s   .   .   .   .   .   .   .   .   s   s   .   .   .   .   s   x   .   .   s
        """,
        about="space",
    ),
)
