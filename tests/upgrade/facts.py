"""What a database says, column by column, so that before and after a migration can be held side by side.

Read from the tables as they are, without models: those know only today's shape.
"""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, inspect

# A column that a migration gave another name or another table: "thread.old": "thread.new".
MOVED: dict[str, str] = {
    "thread.once": "thread.idempotency_key",
    "post.once": "post.idempotency_key",
    "hand_over.piece_id": "hand_over.item_id",
}
# A column, or a whole table, that a migration filled, emptied or took away on purpose, and why that loses nothing.
CHANGED: dict[str, str] = {
    "schema_fit.revision": "says at which migration the database is",
    "schema_fit.serves_from": "says which code can serve the database as that migration left it",
    "draft.began_at": "0013 takes it away: nobody reads it, and the last change stays",
    "digest_space": "0018 makes subscriptions of them, and on the way back chosen spaces again",
    "digest_axis": "0018 makes subscriptions of them too, with the other axes as not wanted",
    "tag.name": "0046 takes the first spelling away: nobody reads it, and it may come from a closed thread",
    "tag.sort_key": "0046 takes it away with the spelling; a tag is ordered by its slug",
    "moderation_action.reason": "0057 puts words in action_reason.words and codes in code, and back as they were",
    "label.name": "0008 gives three themes better English names, where nobody had changed them",
}
# What people said, agreed to and published. Whatever is renamed, no migration may change a letter of it.
KEPT = (
    "thread.title",
    "post.html",
    "post_revision.body",
    "post_revision.plain",
    "excerpt.words",
    "excerpt.sha256",
    "claim.text",
    "consent.words",
    "consent.sha256",
    "consent.author_id",
    "consent.audience",
    "consent.agreed",
    "lesson_version.title",
    "lesson_version.one_sentence",
    "lesson_version.summary",
    "lesson_version.what_was_done",
    "lesson_version.recommendation",
    "lesson_version.conditions",
)
BOOKKEEPING = "alembic_version"


@dataclass(frozen=True)
class Facts:
    """How many rows each table has, and a digest of each column over all of them."""

    rows: dict[str, int]
    columns: dict[str, str]


def read(connection: Connection) -> Facts:
    """The facts of every table but the migrations' own."""
    inspector = inspect(connection)
    rows: dict[str, int] = {}
    columns: dict[str, str] = {}
    for table in inspector.get_table_names():
        if table == BOOKKEEPING:
            continue
        names = [column["name"] for column in inspector.get_columns(table)]
        key = inspector.get_pk_constraint(table)["constrained_columns"]
        found = _table(connection, table, names)
        rows[table] = len(found)
        for name in names:
            said = sorted(_words([row[part] for part in (*key, name)]) for row in found)
            columns[f"{table}.{name}"] = hashlib.sha256("\n".join(said).encode()).hexdigest()
    return Facts(rows, columns)


def _table(connection: Connection, table: str, names: list[str]) -> list[dict[str, object]]:
    quoted = ", ".join(f'"{name}"' for name in names)
    answer = connection.exec_driver_sql(f'SELECT {quoted} FROM "{table}"')
    return [dict(zip(names, row, strict=True)) for row in answer]


def _words(values: list[object]) -> str:
    return json.dumps(values, sort_keys=True, default=str)


def differences(
    before: Facts,
    after: Facts,
    *,
    moved: dict[str, str] = MOVED,
    changed: dict[str, str] = CHANGED,
) -> list[str]:
    """What was lost or changed between the two; what is new in `after` is no loss."""
    said = [
        f"{table} had {number} rows, has {after.rows[table]}"
        for table, number in before.rows.items()
        if after.rows.get(table, number) != number and table not in changed
    ]
    for name, digest in before.columns.items():
        now = after.columns.get(moved.get(name, name))
        if now == digest or changed.keys() & {name, name.partition(".")[0]}:
            continue
        said.append(f"{name} is gone: say where in MOVED" if now is None else f"{name} has other content")
    return sorted(said)
