"""What is said to moderators alone, in the salted network: reports of a post, an objection, and answers to them."""

from forum.domain.moderation import objections, post_reports, settling
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.models.accounts import Member
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Space
from forum.models.threads import Post
from tests.factories import actor, make_member

REPORTED, OBJECTED, ANSWERED = "zwartgemeldmerk", "zwartbezwaarmerk", "zwartantwoordaanmeldermerk"
MARKERS = (REPORTED, OBJECTED, ANSWERED)


def report(closed: Space, insider: Member, moderator: Member, opening: Post, hidden: Post) -> None:
    """Report a post twice, the first time settled, and object to the hiding of another."""
    said = Said(ReportReason.OTHER, f"Everybody knows who {REPORTED} is.")
    reporter = make_member("Ruth", space=closed)
    post_reports.report(actor(reporter), opening.id, said)
    settling.settle(actor(moderator), opening.id, Verdict(ReportOutcome.LEFT, answer=f"We asked {ANSWERED}."))
    post_reports.report(actor(reporter), opening.id, said)
    objections.make(actor(insider), hidden.id, words=f"It is not {OBJECTED}.")
