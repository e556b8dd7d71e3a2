"""Posts that everybody read, split off for the closed city under a title of its own; a thread merged into one there."""

from forum.domain.regrouping import merging, splitting
from forum.domain.regrouping.splitting import Asked
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space
from forum.models.threads import Thread
from tests.factories import actor, make_member, make_post, make_thread

TITLE, WORDS = "zwartsplitstitelmerk", "zwartsplitswoordmerk"
INTO, FROM = "zwartsamentitelmerk", "zwartsamenwoordmerk"
MARKERS = (TITLE, WORDS, INTO, FROM)


def live(moderator: Member, closed: Space) -> tuple[Thread, Thread]:
    """Split one thread for everybody and merge another; return those whose addresses outsiders may still have."""
    author = make_member("Nele", space=closed)  # whom everybody may know
    open_ = make_thread(closed, author, title="For all to read", audience=Audience.PUBLIC)
    for words in (f"No longer {WORDS}", "Nor this"):
        make_post(open_, author, words)
    wish = Asked((2, 3), f"Apart {TITLE}", Audience.SPACE)
    plan = splitting.planned(actor(moderator), open_.id, wish)
    splitting.split(actor(moderator), open_.id, wish, seen=plan.digest, reason="It tells of somebody.")
    merged = make_thread(closed, author, title=f"Was {FROM}", body=FROM, audience=Audience.PUBLIC)
    into = make_thread(closed, author, title=f"Ours {INTO}", audience=Audience.SPACE)
    plan = merging.planned(actor(moderator), merged.id, into.id)
    merging.merge(actor(moderator), merged.id, into.id, seen=plan.digest, reason="It tells of somebody.")
    return open_, merged
