"""What stands beside a lesson for one reader, as `page_facts` reads it."""

from dataclasses import dataclass, field
from typing import Any

from forum.domain.audit.undoable import OpenAct
from forum.models.undo import UndoKind


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows, each with the columns of its query; what the reader may not know of is empty."""

    sources: list[Any] = field(default_factory=list)  # `page_queries.sources`
    history: list[Any] = field(default_factory=list)  # `origin_queries.history`
    people: list[Any] = field(default_factory=list)  # `origin_queries.people`
    checkers: list[Any] = field(default_factory=list)  # `origin_queries.checkers`
    vouchers: list[Any] = field(default_factory=list)  # `origin_queries.vouchers`
    orphans: list[Any] = field(default_factory=list)  # `report_queries.orphans`
    replies: list[Any] = field(default_factory=list)  # to counter-evidence
    successor: list[Any] = field(default_factory=list)  # the lesson that took its place, at most one
    signals: list[Any] = field(default_factory=list)  # what readers say, for its makers
    acts: list[Any] = field(default_factory=list)  # of the reader, that they can still undo
    shared: list[Any] = field(default_factory=list)  # of one that ended, what the reader wonders about too
    insider: Any = None  # of one that waits for an editor: whether this one is behind it, and reported on it

    def open_acts(self, kind: UndoKind) -> list[OpenAct]:
        """Return what the reader did with the lesson and can still undo."""
        return [OpenAct(row.id, row.kind, None, None, {}, row.until) for row in self.acts if row.kind == kind]
