"""A thread in the archive of the closed city: its title, words and number are for who reads there."""

from forum.domain.moderation import archiving
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space
from tests.factories import actor, make_member, make_thread

TITLE, WORDS = "zwartarchieftitelmerk", "zwartarchiefwoordmerk"
MARKERS = (TITLE, WORDS)


def live(moderator: Member, closed: Space) -> None:
    """Archive a thread that only the closed city reads."""
    author = make_member("Ria", space=closed)
    thread = make_thread(closed, author, title=f"Over {TITLE}", body=WORDS, audience=Audience.SPACE)
    plan = archiving.planned(actor(moderator), thread.id)
    archiving.archive(actor(moderator), thread.id, seen=plan.digest, reason=WORDS)
