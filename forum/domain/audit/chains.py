"""The chains of the log, one for each space and one for what belongs to none: who changes a line breaks its chain.

A link holds SHA-256 over the digest of the link before it and the line as JSON, of ids, codes and digests alone. So a
chain holds whether or not the words of a reason are still there. The worker links what was committed, in the order in
which it finds it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import exists, func, insert, select

from forum.infra.db import db
from forum.models.moderation import ActionLink, ModerationAction

BATCH = 500
LOCK = 0x1EE9 << 32  # of those who link, among the advisory locks of the database
COLUMNS = (
    ModerationAction.id,
    ModerationAction.action,
    ModerationAction.role,
    ModerationAction.actor_id,
    ModerationAction.space_id,
    ModerationAction.thread_id,
    ModerationAction.post_id,
    ModerationAction.post_number,
    ModerationAction.subject_id,
    ModerationAction.capacity_id,
    ModerationAction.rule_id,
    ModerationAction.code,
    ModerationAction.reason_digest,
    ModerationAction.created_at,
)
# So many lines before the last one that has a link are looked at again: one of them may have been committed later.
LATE = 10_000
_FLOOR = select(func.coalesce(func.max(ActionLink.action_id), 0) - LATE).scalar_subquery()
_UNLINKED = (
    select(*COLUMNS)
    .where(ModerationAction.id > _FLOOR, ~exists().where(ActionLink.action_id == ModerationAction.id))
    .order_by(ModerationAction.id)
)


def chain_of(space_id: int | None) -> int:
    """Return the chain in which the lines of a space stand, or those of none."""
    return ActionLink.NETWORK if space_id is None else space_id


def digest_of(previous: str, number: int, line: Mapping[str, Any]) -> str:
    """Return the digest of a link: of the one before it ("" before the first), its number, and its line (COLUMNS).

    What a line does not have is left out, so a column that comes later changes no digest of before.
    """
    said = {name: value for name, value in line.items() if value not in (None, "")}
    said["created_at"] = line["created_at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps({**said, "number": number}, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def link(most: int = BATCH) -> int:
    """Link lines that were committed and have no link yet, the oldest first; return how many (system verb).

    The caller commits. Of several who do this at once each waits for the one before, and finds what that left.
    """
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    ends: dict[int, tuple[int, str]] = {}
    made = []
    for row in db.session.execute(_UNLINKED.limit(most)).mappings():
        chain = chain_of(row["space_id"])
        number, previous = ends.get(chain) or _end_of(chain)
        ends[chain] = number + 1, digest_of(previous, number + 1, dict(row))
        made.append({"chain": chain, "number": number + 1, "action_id": row["id"], "digest": ends[chain][1]})
    if made:
        db.session.execute(insert(ActionLink), made)
    return len(made)


def _end_of(chain: int) -> tuple[int, str]:
    """The number and the digest of the last link of a chain."""
    query = select(ActionLink.number, ActionLink.digest).where(ActionLink.chain == chain)
    last = db.session.execute(query.order_by(ActionLink.number.desc()).limit(1)).one_or_none()
    return (0, "") if last is None else (last.number, last.digest)
