"""Where drafts of changes stand: with a post of their author that waits for a moderator, as long as it does."""

from collections.abc import Collection

from forum.domain.drafts.views import Place, Subject
from forum.domain.held_posts import waiting
from forum.infra.i18n import _
from forum.policy.actions import YES, deny
from forum.policy.actors import Actor

WAITING_POST = "waiting_post"


def of(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """Return where these drafts stand, without those that are not the actor's to write (one query)."""
    refused = deny(_("This did not appear. You can take your text back as a draft."))
    return {
        Subject(WAITING_POST, one.id): Place(
            one.title,
            one.space_name,
            YES if one.state == waiting.WAITING else refused,
            one.revision,
            one.written_at,
            {"held_id": one.id},
        )
        for one in waiting.of_ids(actor, {subject.id for subject in asked})
    }
