"""How a text will look once it is posted; nothing is written."""

from forum.domain.threads import post_store
from forum.infra import rates
from forum.policy.actors import Actor

MOST_PREVIEWS = "60 per 10 minutes"


def preview(actor: Actor, body: str) -> str:
    """Return the HTML that a post with this text would get; Invalid at `body`, TooOften."""
    rates.spend("preview", f"member:{actor.id}", limit=MOST_PREVIEWS)
    return post_store.render_body(actor, body)
