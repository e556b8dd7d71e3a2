"""What a question asks differently from the one before it about the same place, for its author."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.infra.word_diff import Piece, pieces
from forum.models.claims import Stance
from forum.models.consents import YESES, ConsentRequest, ConsentRound
from forum.models.spaces import Audience


@dataclass(frozen=True, slots=True)
class Difference:
    """Each text with its changes marked, without those that stayed; audience and stance are those before, if changed.

    `why` it is asked once more: withdrawn (that question was taken back), no_yes, or "" where the changes say it.
    """

    asked_at: datetime
    words: list[Piece]
    claim: list[Piece]
    title: list[Piece]
    as_masked: list[Piece]
    audience: Audience | None
    stance: Stance | None
    why: str

    @property
    def is_none(self) -> bool:
        """Whether everything is asked as before."""
        texts = self.words or self.claim or self.title or self.as_masked
        return not (texts or self.audience or self.stance)


def newer_id(request: ConsentRequest, round_: ConsentRound, rows: Iterable[Any]) -> int | None:
    """Return the latest question about the same place of the same lesson, when that is another one."""
    later = [
        row for row in _same_place(request, round_, rows) if row.ConsentRequest.round_id > request.round_id
    ]
    return later[-1].ConsentRequest.id if later else None


def difference(request: ConsentRequest, round_: ConsentRound, rows: Iterable[Any]) -> Difference | None:
    """Return what changed since the latest question before this one about the same place; None without one."""
    before = [
        row for row in _same_place(request, round_, rows) if row.ConsentRequest.round_id < request.round_id
    ]
    if not before:
        return None
    earlier, asked = before[-1].ConsentRequest, before[-1].ConsentRound
    return Difference(
        asked_at=asked.opened_at,
        words=_changed(earlier.words, request.words),
        claim=_changed(earlier.claim_text, request.claim_text),
        title=_changed(asked.title, round_.title),
        as_masked=_changed(earlier.as_masked, request.as_masked),
        audience=asked.audience if asked.audience != round_.audience else None,
        stance=earlier.stance if earlier.stance != request.stance else None,
        why=_why(earlier, asked),
    )


def _why(earlier: ConsentRequest, asked: ConsentRound) -> str:
    if asked.withdrawn:
        return "withdrawn"
    return "" if earlier.answer in YESES or earlier.own_words else "no_yes"


def _changed(before: str, after: str) -> list[Piece]:
    return pieces(before, after) if before != after else []


def _same_place(request: ConsentRequest, round_: ConsentRound, rows: Iterable[Any]) -> list[Any]:
    """The author's questions about that place, the oldest first."""
    same = [
        row
        for row in rows
        if row.ConsentRound.lesson_id == round_.lesson_id
        and row.ConsentRequest.post_id == request.post_id
        and _overlaps(row.ConsentRequest, request)
    ]
    return sorted(same, key=lambda row: (row.ConsentRequest.round_id, row.ConsentRequest.id))


def _overlaps(one: ConsentRequest, other: ConsentRequest) -> bool:
    if one.revision_id == other.revision_id:
        return one.start_at < other.end_at and other.start_at < one.end_at
    return one.said == other.said  # of a post that was changed, places tell nothing
