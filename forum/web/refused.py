"""Why an act cannot be done now, as its page says it: with a way to what comes first, for who may go there."""

from dataclasses import dataclass

from forum.domain.moderation import kept_there
from forum.domain.moderation.kept_there import Kept
from forum.domain.regrouping.refusals import Refusal
from forum.domain.spaces import spaces
from forum.models.threads import Thread
from forum.policy.actions import may_moderate
from forum.web.http.current_user import actor


@dataclass(frozen=True, slots=True)
class Refused:
    """The reason. `kept`: what is in the way, for moderators of the space with the slug `desk`."""

    reason: str
    kept: Kept | None
    desk: str
    rules: str


def of(refusal: Refusal | None, thread: Thread) -> Refused | None:
    """Return what the page of an act says; None where nothing is refused."""
    if refusal is None:
        return None
    who = actor()
    if not refusal.is_here or not may_moderate(who, thread.space_id):
        return Refused(refusal.reason, None, "", refusal.rules_of)
    return Refused(refusal.reason, kept_there.of(who, thread), spaces.by_id(who, thread.space_id).slug, "")
