"""The log says as what somebody acted, and about which post; its reasons stand apart, sealed; its lines are linked.

A reason that is a code stays in its line. Which kinds there are no constraint says any more: no later migration has to
write the log anew for one. On the way back lines of the forum itself and of later kinds go, and links, which the worker
makes anew; what was erased stays erased.
"""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

LOG, REASON, LINK = "moderation_action", "action_reason", "action_link"
MESSAGE = "the moderation log is append-only"
KINDS = (
    *("hide", "restore", "lock", "reopen", "narrow", "widen", "classify", "role", "suspend", "readmit"),
    *("confirm_capacity", "refuse_capacity", "end_capacity", "remove", "mail_policy"),
    *("hide_revision", "show_revision", "hand_over", "note", "cahier"),
)
CODED = "('mail_policy', 'hand_over', 'note', 'cahier')"
ROLES = "role IN ('moderator', 'editor', 'administrator', 'author', 'deputy', 'forum')"
LISTED = "action IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS))
SAME = (
    "id",
    "action",
    "actor_id",
    "space_id",
    "thread_id",
    "post_number",
    "subject_id",
    "capacity_id",
    "created_at",
)
POST = f"(SELECT p.id FROM post p WHERE p.thread_id = {LOG}.thread_id AND p.number = {LOG}.post_number)"  # noqa: S608
LINES_AT_ONCE = 1_000
# The role that somebody had there at that moment; `forum/domain/audit/roles.py` says it of new lines in this order.
ROLE = f"""CASE WHEN action IN ('suspend', 'readmit') THEN 'administrator'
WHEN action = 'cahier' THEN 'editor'
WHEN EXISTS (SELECT 1 FROM membership m WHERE m.member_id = actor_id AND m.space_id = {LOG}.space_id
  AND m.role = 'moderator' AND m.since_at <= {LOG}.created_at
  AND (m.ended_at IS NULL OR m.ended_at >= {LOG}.created_at)) THEN 'moderator'
WHEN EXISTS (SELECT 1 FROM post p WHERE p.thread_id = {LOG}.thread_id AND p.author_id = actor_id
  AND p.number = COALESCE({LOG}.post_number, 1)) THEN 'author'
WHEN EXISTS (SELECT 1 FROM network_appointment a WHERE a.member_id = actor_id AND a.role = 'admin')
  THEN 'administrator'
WHEN EXISTS (SELECT 1 FROM network_appointment a WHERE a.member_id = actor_id) THEN 'editor'
WHEN space_id IS NULL THEN 'author' ELSE 'moderator' END"""  # noqa: S608 - constants
CODE = f"CASE WHEN action IN {CODED} THEN reason ELSE '' END"
BACK = f"""CASE WHEN code <> '' THEN code ELSE
COALESCE((SELECT r.words FROM {REASON} r WHERE r.action_id = {LOG}.id), '') END"""  # noqa: S608
NEEDED = "capacity_id", "thread_id", "post_id", "subject_id"
KEYS = """CONSTRAINT fk_moderation_action_actor_id FOREIGN KEY(actor_id) REFERENCES member (id),
CONSTRAINT fk_moderation_action_space_id FOREIGN KEY(space_id) REFERENCES space (id),
CONSTRAINT fk_moderation_action_subject_id FOREIGN KEY(subject_id) REFERENCES member (id),
CONSTRAINT fk_moderation_action_thread_id FOREIGN KEY(thread_id) REFERENCES thread (id),
CONSTRAINT pk_moderation_action PRIMARY KEY (id)"""
COMMON = """id INTEGER NOT NULL, space_id INTEGER, thread_id INTEGER, post_number INTEGER, subject_id INTEGER,
created_at DATETIME NOT NULL,
capacity_id INTEGER CONSTRAINT fk_moderation_action_capacity_id REFERENCES capacity (id)"""
NEW = f"""{COMMON}, action VARCHAR(24) NOT NULL, actor_id INTEGER, role VARCHAR(24) NOT NULL,
post_id INTEGER CONSTRAINT fk_moderation_action_post_id REFERENCES post (id),
code VARCHAR(120) NOT NULL, reason_digest VARCHAR(64) NOT NULL,
CONSTRAINT ck_moderation_action_role CHECK ({ROLES}), {KEYS}"""
OLD = f"""{COMMON}, action VARCHAR(24) NOT NULL, actor_id INTEGER NOT NULL, reason VARCHAR(300) NOT NULL,
CONSTRAINT ck_moderation_action_action CHECK ({LISTED}), {KEYS}"""


def upgrade() -> None:
    _make_reasons()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_index(f"ix_{LOG}_space_id_id", table_name=LOG)
    op.drop_index(f"ix_{LOG}_capacity_id", table_name=LOG)
    said = f"reason <> '' AND action NOT IN {CODED}"
    op.execute(f"CREATE TABLE said AS SELECT id, reason FROM {LOG} WHERE {said}")  # noqa: S608
    if is_sqlite:
        _write_anew(NEW, {"role": ROLE, "post_id": POST, "code": CODE, "reason_digest": "''"})
    else:
        _change()
    _seal()
    op.execute("DROP TABLE said")
    op.create_index(f"ix_{LOG}_space_id_created_at_id", LOG, ["space_id", "created_at", "id"])
    for name in NEEDED:
        _partial(name)
    _make_links()
    for statement in _guards(is_sqlite=is_sqlite):
        op.execute(statement)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_table(LINK)
    op.drop_index(f"ix_{LOG}_space_id_created_at_id", table_name=LOG)
    for name in NEEDED:
        op.drop_index(f"ix_{LOG}_{name}", table_name=LOG)
    if is_sqlite:
        # What points at the log is put aside: SQLite drops no table that rows point at.
        op.execute(f"CREATE TABLE words_of AS SELECT action_id, words FROM {REASON}")  # noqa: S608
        op.drop_table(REASON)
        op.execute(f"ALTER TABLE words_of RENAME TO {REASON}")
        _write_anew(OLD, {"reason": BACK}, f"WHERE {LISTED} AND actor_id IS NOT NULL")
        for statement in _guards_of_log(is_sqlite=True):
            op.execute(statement)
    else:
        _change_back()
    op.drop_table(REASON)
    op.create_index(f"ix_{LOG}_space_id_id", LOG, ["space_id", "id"])
    _partial("capacity_id")


def _make_reasons() -> None:
    op.create_table(
        REASON,
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        _pointing(REASON),
        sa.PrimaryKeyConstraint("action_id", name=op.f(f"pk_{REASON}")),
    )


def _make_links() -> None:
    op.create_table(
        LINK,
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        _pointing(LINK),
        sa.PrimaryKeyConstraint("chain", "number", name=op.f(f"pk_{LINK}")),
        sa.UniqueConstraint("action_id", name=op.f(f"uq_{LINK}_action_id")),
    )


def _pointing(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["action_id"], [f"{LOG}.id"], name=op.f(f"fk_{table}_action_id"))


def _partial(name: str) -> None:
    only = sa.text(f"{name} IS NOT NULL")
    op.create_index(f"ix_{LOG}_{name}", LOG, [name], sqlite_where=only, postgresql_where=only)


def _seal() -> None:
    """Put each reason beside its line, with a salt, and its digest in the line, as `audit/reasons.py` makes it."""
    connection, last = op.get_bind(), 0
    some = sa.text("SELECT id, reason FROM said WHERE id > :last ORDER BY id LIMIT :most")
    while rows := connection.execute(some, {"last": last, "most": LINES_AT_ONCE}).all():
        last, sealed = rows[-1].id, []
        for row in rows:
            salt = secrets.token_hex(16)
            said = json.dumps(
                {"reason": row.reason, "salt": salt},
                ensure_ascii=False,
                sort_keys=True,
                separators=(",", ":"),
            )
            digest = hashlib.sha256(said.encode()).hexdigest()
            sealed.append({"id": row.id, "words": row.reason, "salt": salt, "digest": digest})
        connection.execute(
            sa.text(f"INSERT INTO {REASON} (action_id, words, salt) VALUES (:id, :words, :salt)"),  # noqa: S608
            [{name: one[name] for name in ("id", "words", "salt")} for one in sealed],
        )
        connection.execute(
            sa.text(f"UPDATE {LOG} SET reason_digest = :digest WHERE id = :id"),  # noqa: S608
            [{name: one[name] for name in ("id", "digest")} for one in sealed],
        )


def _change() -> None:
    """PostgreSQL: other columns, without the trigger that refuses it, which comes back with the new ones."""
    op.execute(f"DROP TRIGGER {LOG}_kept ON {LOG}")
    op.execute(f"ALTER TABLE {LOG} DROP CONSTRAINT ck_{LOG}_action, ALTER COLUMN actor_id DROP NOT NULL")
    op.execute(
        f"""ALTER TABLE {LOG} ADD COLUMN role VARCHAR(24) NOT NULL DEFAULT 'moderator',
        ADD COLUMN post_id INTEGER CONSTRAINT fk_{LOG}_post_id REFERENCES post (id),
        ADD COLUMN code VARCHAR(120) NOT NULL DEFAULT '',
        ADD COLUMN reason_digest VARCHAR(64) NOT NULL DEFAULT ''"""
    )
    op.execute(f"UPDATE {LOG} SET role = {ROLE}, post_id = {POST}, code = {CODE}")  # noqa: S608
    op.execute(
        f"""ALTER TABLE {LOG} ALTER COLUMN role DROP DEFAULT, ALTER COLUMN code DROP DEFAULT,
        ALTER COLUMN reason_digest DROP DEFAULT, DROP COLUMN reason,
        ADD CONSTRAINT ck_{LOG}_role CHECK ({ROLES})"""
    )


def _change_back() -> None:
    op.execute(f"DROP TRIGGER {LOG}_kept ON {LOG}")
    op.execute(f"DROP TRIGGER {REASON}_kept ON {REASON}")
    later = f"SELECT id FROM {LOG} WHERE NOT ({LISTED}) OR actor_id IS NULL"  # noqa: S608
    op.execute(f"UPDATE thread_change SET action_id = NULL WHERE action_id IN ({later})")  # noqa: S608
    op.execute(f"DELETE FROM {REASON} WHERE action_id IN ({later})")  # noqa: S608
    op.execute(f"DELETE FROM {LOG} WHERE NOT ({LISTED}) OR actor_id IS NULL")  # noqa: S608
    op.execute(f"ALTER TABLE {LOG} ADD COLUMN reason VARCHAR(300) NOT NULL DEFAULT ''")
    op.execute(f"UPDATE {LOG} SET reason = {BACK}")  # noqa: S608
    op.execute(
        f"""ALTER TABLE {LOG} ALTER COLUMN reason DROP DEFAULT, ALTER COLUMN actor_id SET NOT NULL,
        DROP COLUMN role, DROP COLUMN post_id, DROP COLUMN code, DROP COLUMN reason_digest,
        ADD CONSTRAINT ck_{LOG}_action CHECK ({LISTED})"""
    )
    for statement in _guards_of_log(is_sqlite=False):
        op.execute(statement)


def _write_anew(columns: str, values: dict[str, str], condition: str = "") -> None:
    """SQLite: the table with other columns and the same rows; its triggers go with the one before."""
    op.execute(f"CREATE TABLE {LOG}_new ({columns})")
    names, taken = ", ".join((*SAME, *values)), ", ".join((*SAME, *values.values()))
    op.execute(f"INSERT INTO {LOG}_new ({names}) SELECT {taken} FROM {LOG} {condition}")  # noqa: S608
    # What points at the log is put aside: SQLite drops no table that rows point at.
    op.execute("CREATE TABLE pointed AS SELECT id, action_id FROM thread_change WHERE action_id IS NOT NULL")
    op.execute("UPDATE thread_change SET action_id = NULL")
    op.execute(f"DROP TABLE {LOG}")
    op.execute(f"ALTER TABLE {LOG}_new RENAME TO {LOG}")
    op.execute(
        f"""UPDATE thread_change SET action_id = (SELECT action_id FROM pointed WHERE pointed.id = thread_change.id)
        WHERE id IN (SELECT pointed.id FROM pointed JOIN {LOG} ON {LOG}.id = action_id)"""  # noqa: S608
    )
    op.execute("DROP TABLE pointed")


def _guards_of_log(*, is_sqlite: bool) -> list[str]:
    if is_sqlite:
        return _refusing(LOG)
    return [
        f"CREATE TRIGGER {LOG}_kept BEFORE UPDATE OR DELETE ON {LOG} FOR EACH ROW EXECUTE FUNCTION refuse_log_change()"
    ]


def _guards(*, is_sqlite: bool) -> list[str]:
    """The log and its links are only added to; of a reason words and salt can be emptied."""
    left = "NEW.action_id <> OLD.action_id OR NEW.words <> '' OR NEW.salt <> ''"
    if is_sqlite:
        return [
            *_refusing(LOG),
            *_refusing(LINK),
            f"""CREATE TRIGGER {REASON}_emptied BEFORE UPDATE ON {REASON} WHEN {left}
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
            f"""CREATE TRIGGER {REASON}_kept BEFORE DELETE ON {REASON}
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
        ]
    refuse = "FOR EACH ROW EXECUTE FUNCTION refuse_log_change()"
    return [
        *_guards_of_log(is_sqlite=False),
        f"CREATE TRIGGER {LINK}_kept BEFORE UPDATE OR DELETE ON {LINK} {refuse}",
        f"""CREATE TRIGGER {REASON}_emptied BEFORE UPDATE ON {REASON} FOR EACH ROW WHEN ({left})
        EXECUTE FUNCTION refuse_log_change()""",
        f"CREATE TRIGGER {REASON}_kept BEFORE DELETE ON {REASON} {refuse}",
    ]


def _refusing(table: str) -> list[str]:
    return [
        f"""CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
        for verb in ("UPDATE", "DELETE")
    ]
