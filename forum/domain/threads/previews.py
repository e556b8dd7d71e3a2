"""How a text will look once it is posted; nothing is written."""

from forum.domain.threads import mentioning, post_store
from forum.domain.threads.mentioning import Destination
from forum.infra import rates
from forum.policy.actors import Actor

MOST_PREVIEWS = "60 per 10 minutes"


def preview(actor: Actor, body: str, destination: Destination | None) -> object:
    """Return the HTML that readers there would get of a post with this text; Invalid at `body`, TooOften."""
    rates.spend("preview", f"member:{actor.id}", limit=MOST_PREVIEWS)
    return mentioning.drawn(actor, post_store.render_body(actor, body), destination)
