"""House rules of a space that nobody outside it may know of, in two versions, and an act that rests on one."""

from forum.domain.house_rules import grounds, publishing, versions
from forum.domain.house_rules.publishing import Text
from forum.domain.moderation import hiding
from forum.models.accounts import Member
from forum.models.spaces import Space
from forum.models.threads import Thread
from tests.factories import actor, join, make_post

HEADING, WORDS, BEFORE, CHANGED = (
    "zwartregelmerk",
    "zwartregelwoordmerk",
    "zwartvorigemerk",
    "zwartwijzigingmerk",
)
MARKERS = (HEADING, WORDS, BEFORE, CHANGED)


def live(unlisted: Space, moderator: Member, insider: Member, inside: Thread) -> None:
    """Publish two versions, and hide a post by a rule of the second one."""
    first = publishing.publish(
        actor(moderator), unlisted.id, Text(f"{BEFORE}\n\n## {BEFORE}\n\nNo {BEFORE}."), seen=0
    )
    publishing.write(
        moderator.id, unlisted.id, Text(f"{WORDS}\n\n## {HEADING}\n\nNo {WORDS}.", CHANGED), before=first
    )
    join(insider, unlisted)
    post = make_post(inside, insider, "Hidden by a rule.")
    (rule, _name) = grounds.choices(unlisted.id)[0]
    hiding.hide(actor(moderator), post.id, reason="By that rule.", rule=rule)
    assert versions.current(unlisted.id).number == 2
