"""The list of what can be handed over: a new kind is a module with a `KIND`, and a line here.

What is no item: requests to join and capacities that wait are answered by whichever moderator of a space comes first,
a group is asked for a review together, and a draft that somebody typed is theirs alone (`domain/drafts/`).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Subquery, literal, union_all

from forum.domain.handovers import invitation_kind, lesson_kind, question_kind, review_kind
from forum.domain.handovers.kind import Kind

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (lesson_kind.KIND, review_kind.KIND, question_kind.KIND, invitation_kind.KIND)
}


def held(moment: Any) -> Subquery:
    """Select everything that one person holds at a moment, as each kind does, with its `kind` and its place there."""
    each = (
        kind.held(moment).add_columns(literal(kind.name).label("kind"), literal(order).label("kind_order"))
        for order, kind in enumerate(KINDS.values())
    )
    return union_all(*each).subquery("held")
