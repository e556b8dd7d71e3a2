"""How a thread was classified before, as one reader may know it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Integer, Select, bindparam, select

from forum.domain.audit.reading import Changed
from forum.infra.db import db
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.classification import Part, ThreadChange
from forum.models.spaces import Role, Space
from forum.policy.actors import Actor
from forum.policy.visibility import visible

MOST = 20


@dataclass(frozen=True, slots=True)
class Reclassification:
    """What somebody changed at one moment; `who` is empty where the reader may not know which moderator it was."""

    who: str
    changed_at: datetime
    changes: tuple[Changed, ...]


def of_thread(reader: Actor | None, thread: Any) -> list[Reclassification]:
    """Return the changes of a thread (its row) that the reader was found to see, the latest first (one or two queries).

    Tags that are gone are named to its author and to the moderators of the space where it had them: they may have been
    taken away for what they said. Spaces are named to who may know of them, moderators to the people of their space.
    """
    rows = select_rows(_rows(), {"thread_id": thread.id}).all()
    spaces = _space_names(reader, rows)
    is_author = reader is not None and reader.id == thread.author_id
    found = []
    for (editor_id, changed_at), group in groupby(rows, key=lambda row: (row.editor_id, row.changed_at)):
        together = list(group)
        known = editor_id == thread.author_id or is_author or _belongs(reader, together[0].space_id)
        names_tags = is_author or _moderates(reader, together[0].space_id)
        changes = [_changed(row, spaces, names_tags=names_tags) for row in reversed(together)]
        found.append(Reclassification(together[0].name if known else "", changed_at, tuple(changes)))
    return found


@cached
def _rows() -> Select[Any]:
    query: Any = (
        select(
            ThreadChange.part,
            ThreadChange.before,
            ThreadChange.after,
            ThreadChange.changed_at,
            ThreadChange.editor_id,
            ThreadChange.space_id,
            Member.name,
        )
        .join(Member, Member.id == ThreadChange.editor_id)
        .where(ThreadChange.thread_id == bindparam("thread_id", type_=Integer))
    )
    return cast(Select[Any], query.order_by(ThreadChange.id.desc()).limit(MOST))


def _belongs(reader: Actor | None, space_id: int) -> bool:
    return reader is not None and space_id in reader.roles


def _moderates(reader: Actor | None, space_id: int) -> bool:
    return reader is not None and reader.roles.get(space_id) == Role.MODERATOR


def _changed(row: Any, spaces: Mapping[str, str], *, names_tags: bool) -> Changed:
    if row.part == Part.SPACE:
        return Changed(row.part.value, spaces.get(row.before, ""), spaces.get(row.after, ""))
    if row.part == Part.TAGS and not names_tags:
        return Changed(row.part.value, "", "")
    return Changed(row.part.value, row.before, row.after)


def _space_names(reader: Actor | None, rows: Iterable[Any]) -> dict[str, str]:
    ids = {int(space) for row in rows if row.part == Part.SPACE for space in (row.before, row.after)}
    if not ids:
        return {}
    found = db.session.execute(visible(Space, reader, Space.id, Space.name).where(Space.id.in_(ids)))
    return {str(row.id): row.name for row in found}
