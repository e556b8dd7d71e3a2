"""Words of a post that its author was asked to agree to, for lessons: they go with the post, or with what it loses."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from forum.domain.moderation.sealing import Change
from forum.infra.db import db
from forum.infra.left_out import Span
from forum.models.consents import Consent, ConsentRequest
from forum.models.threads import Post

_ASKED = ("said", "words", "own_words", "as_name", "as_function", "as_masked")
_AGREED = ("words", "note", "shown_as")


def changes(post: Post, places: Mapping[int, Sequence[Span]]) -> list[Change]:
    """Return what becomes of questions and answers about these places of texts of a post, by their ids: no words stay.

    Of an answer only the digest of its words is known: it goes unless it is that of a question which stays.
    """
    asked = db.session.scalars(
        select(ConsentRequest).where(ConsentRequest.post_id == post.id).order_by(ConsentRequest.id)
    ).all()
    gone = [row for row in asked if _is_in(row, places)]
    others = {row.sha256 for row in asked} - {row.sha256 for row in gone}
    given = db.session.scalars(select(Consent).where(Consent.post_id == post.id).order_by(Consent.id)).all()
    return [
        *(_emptied("request", row, name) for row in gone for name in _ASKED),
        *(Change("request", (row.id,), "changes", row.changes, []) for row in gone),
        *(_emptied("consent", row, name) for row in given if row.sha256 not in others for name in _AGREED),
    ]


def _is_in(row: ConsentRequest, places: Mapping[int, Sequence[Span]]) -> bool:
    return any(
        span.start < row.end_at and row.start_at < span.end for span in places.get(row.revision_id, ())
    )


def _emptied(table: str, row: Any, name: str) -> Change:
    return Change(table, (row.id,), name, getattr(row, name), "")
