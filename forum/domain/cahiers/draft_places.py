"""Where a draft of a cahier stands: a new one with its editor, a change with its cahier; only editors write there."""

from sqlalchemy import select

from forum.domain.drafts.views import Place, Subject
from forum.infra.db import db
from forum.models.cahiers import Cahier
from forum.policy.actions import may_edit_network
from forum.policy.actors import Actor

CAHIER, CAHIER_CHANGE = "cahier", "cahier_change"


def of(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """Return where each of these stands for an editor: their own new cahier, and changes of any (one query at most)."""
    answer = may_edit_network(actor)
    if not answer:
        return {}
    new = Subject(CAHIER, actor.id)
    found = {new: Place("", "", answer)} if new in asked else {}
    ids = {one.id for one in asked if one.form == CAHIER_CHANGE}
    rows = db.session.scalars(select(Cahier).where(Cahier.id.in_(ids))) if ids else ()
    return found | {
        Subject(CAHIER_CHANGE, row.id): Place(
            row.title, "", answer, row.revision, row.changed_at, {"cahier_slug": row.slug}
        )
        for row in rows
    }
