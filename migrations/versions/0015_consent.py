"""Confirmed capacities, reviews that say why they count, rounds of consent, the rights of excerpts, and undo.

What was said and done before today under a capacity that nobody confirmed goes on counting (`counts_until`).
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
# The oldest code that can serve the database as this migration leaves it: see migrations/env.py.
serves_from = "0015"

TIME = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
EMPTY = {"sqlite": "JSON NOT NULL DEFAULT '[]'", "postgresql": "JSON NOT NULL DEFAULT '[]'"}
MEMBER = "INTEGER CONSTRAINT fk_{table}_{column} REFERENCES member (id)"
AUDIENCES = ("space", "network", "public")
CONFIRMATIONS = ("moderator", "invitation", "admin", "operator")
BASES = ("city", "editor", "space", "named", "earlier")
REMOVALS = ("withdrawn", "objected", "erased")
STANCES = ("supports", "nuances", "contradicts")
DEMO = "%@demo.leerkring.example"
# What one consent is about: name and columns of the constraint.
OF_WORDS = ("uq_consent_lesson_id_post_id_sha256_audience", "lesson_id, post_id, sha256, audience")
OF_CLAIMS = ("uq_consent_lesson_id_asked", "lesson_id, post_id, sha256, audience, claim_text")


def upgrade() -> None:
    _create_tables()
    for table, columns in _columns().items():
        for name, kind in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    _allow_consents(OF_WORDS, OF_CLAIMS, 240)
    _confirm_capacities()
    _write_rights()


def _columns() -> dict[str, dict[str, str]]:
    """The new columns of tables that are there; SQLite adds them without writing the table anew."""
    dialect = op.get_bind().dialect.name
    time, false = TIME[dialect], "0" if dialect == "sqlite" else "false"
    return {
        "capacity": {
            "added_at": time,
            "confirmed_at": time,
            "confirmed_by_id": MEMBER.format(table="capacity", column="confirmed_by_id"),
            "confirmation": _choice_ddl("capacity", "confirmation", "confirmation", CONFIRMATIONS),
            "refused_at": time,
            "refused_by_id": MEMBER.format(table="capacity", column="refused_by_id"),
            "refused_reason": "VARCHAR(300) DEFAULT '' NOT NULL",
            "counts_until": time,
            "affirmed_at": time,
            "ended_by_id": MEMBER.format(table="capacity", column="ended_by_id"),
        },
        "lesson": {
            "weakened_at": time,
            "round_id": "INTEGER CONSTRAINT fk_lesson_round_id REFERENCES consent_round (id)",
        },
        "lesson_version": {"origin_cities": EMPTY[dialect]},
        "lesson_review": {
            "basis": "VARCHAR(24) DEFAULT 'earlier' NOT NULL "
            + _check_ddl("lesson_review", "reviewbasis", "basis", BASES),
            "capacity_id": "INTEGER CONSTRAINT fk_lesson_review_capacity_id REFERENCES capacity (id)",
            "city": "VARCHAR(20)",
        },
        "excerpt": {
            "right_audience": _choice_ddl("excerpt", "audience", "right_audience", AUDIENCES),
            "right_space_id": "INTEGER CONSTRAINT fk_excerpt_right_space_id REFERENCES space (id)",
            "consent_id": "INTEGER CONSTRAINT fk_excerpt_consent_id REFERENCES consent (id)",
            "removal": _choice_ddl("excerpt", "removalkind", "removal", REMOVALS),
            "removed_at": time,
        },
        "consent": {"adapted": f"BOOLEAN DEFAULT {false} NOT NULL", "claim_text": "TEXT"},
    }


def _confirm_capacities() -> None:
    """An invitation of that city, the command line and the demo confirmed somebody; the others wait."""
    connection = op.get_bind()
    capacity = sa.table("capacity", sa.column("counts_until", sa.DateTime(timezone=True)))
    connection.execute(sa.update(capacity).values(counts_until=sa.func.current_timestamp()))
    invited = """FROM invitation JOIN space ON space.id = invitation.space_id
        WHERE invitation.accepted_by_id = capacity.member_id AND space.kind = 'city' AND space.city = capacity.city"""
    op.execute(
        f"""UPDATE capacity SET confirmation = 'invitation',
        confirmed_at = (SELECT MIN(invitation.accepted_at) {invited}),
        confirmed_by_id = (SELECT invitation.invited_by_id {invited} ORDER BY invitation.accepted_at LIMIT 1)
        WHERE EXISTS (SELECT 1 {invited})"""  # noqa: S608 - constants of this file
    )
    op.execute(
        f"""UPDATE capacity SET confirmation = 'operator', confirmed_at = counts_until
        WHERE confirmed_at IS NULL AND (
            EXISTS (SELECT 1 FROM member WHERE member.id = capacity.member_id AND member.email LIKE '{DEMO}')
            OR EXISTS (SELECT 1 FROM membership JOIN space ON space.id = membership.space_id
                WHERE membership.member_id = capacity.member_id AND membership.granted_by_id IS NULL
                AND membership.ended_at IS NULL AND space.kind = 'city' AND space.city = capacity.city))"""  # noqa: S608
    )


def _write_rights() -> None:
    """What was sealed before keeps the audience that its source has today, or the consent that reaches its lesson."""
    source = """FROM post_revision JOIN post ON post.id = post_revision.post_id
        JOIN thread ON thread.id = post.thread_id WHERE post_revision.id = excerpt.revision_id"""
    sealed = """FROM claim JOIN lesson_version ON lesson_version.id = claim.version_id
        WHERE claim.id = excerpt.claim_id AND lesson_version.sealed_at IS NOT NULL"""
    consent = """FROM consent JOIN claim ON claim.id = excerpt.claim_id
        JOIN lesson_version ON lesson_version.id = claim.version_id
        JOIN lesson ON lesson.id = lesson_version.lesson_id
        JOIN post_revision ON post_revision.id = excerpt.revision_id
        WHERE consent.lesson_id = lesson.id AND consent.post_id = post_revision.post_id
        AND consent.sha256 = excerpt.sha256 AND consent.agreed AND consent.audience = lesson.audience"""
    op.execute(
        f"""UPDATE excerpt SET right_audience = (SELECT thread.audience {source}),
        right_space_id = (SELECT thread.space_id {source}), consent_id = (SELECT MIN(consent.id) {consent})
        WHERE EXISTS (SELECT 1 {sealed})"""  # noqa: S608 - constants of this file
    )


def _create_tables() -> None:
    op.create_table(
        "consent_round",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("lesson_id", "lesson", "CASCADE", table="consent_round"),
        _key("version_id", "lesson_version", "CASCADE", table="consent_round"),
        sa.Column("audience", _choice("audience", *AUDIENCES), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        _time("opened_at"),
        _key("opened_by_id", "member", table="consent_round"),
        sa.Column("last_day", sa.Date(), nullable=False),
        _time("remind_at"),
        _time("reminded_at", nullable=True),
        _time("closes_at"),
        _time("closed_at", nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        _time("looked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_round")),
    )
    op.create_index("ix_consent_round_lesson_id", "consent_round", ["lesson_id"])
    _index_where("ix_consent_round_open", "consent_round", ["closes_at"], "closed_at IS NULL")
    _create_requests()
    op.create_table(
        "review_request",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("version_id", "lesson_version", "CASCADE", table="review_request"),
        _key("asked_id", "member", "CASCADE", nullable=True, table="review_request"),
        _key("asked_by_id", "member", table="review_request"),
        sa.Column("note", sa.String(500), nullable=False),
        _time("asked_at"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _time("reminded_at", nullable=True),
        _time("overdue_told_at", nullable=True),
        _time("declined_at", nullable=True),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_request")),
        sa.UniqueConstraint("version_id", "asked_id", name=op.f("uq_review_request_version_id_asked_id")),
    )
    op.create_index("ix_review_request_version_id", "review_request", ["version_id"])
    _index_where("ix_review_request_open", "review_request", ["asked_id", "version_id"], "ended_at IS NULL")
    _create_removals()


def _create_requests() -> None:
    op.create_table(
        "consent_request",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("round_id", "consent_round", "CASCADE", table="consent_request"),
        _key("post_id", "post", table="consent_request"),
        _key("revision_id", "post_revision", table="consent_request"),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        _key("author_id", "member", table="consent_request"),
        sa.Column("claim_text", sa.Text(), nullable=False),
        sa.Column("stance", _choice("stance", *STANCES), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("adapted", sa.Boolean(), nullable=False),
        sa.Column("as_name", sa.String(240), nullable=False),
        sa.Column("as_function", sa.String(240), nullable=False),
        sa.Column("as_masked", sa.String(240), nullable=False),
        sa.Column("said_when", sa.String(40), nullable=False),
        sa.Column(
            "answer",
            _choice("consentanswer", "name", "function", "masked", "other_words", "no"),
            nullable=True,
        ),
        _time("answered_at", nullable=True),
        sa.Column("own_words", sa.Text(), nullable=False),
        _time("taken_at", nullable=True),
        _time("left_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_request")),
    )
    op.create_index("ix_consent_request_round_id", "consent_request", ["round_id"])
    op.create_index("ix_consent_request_author_id_round_id", "consent_request", ["author_id", "round_id"])


def _create_removals() -> None:
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("lesson_id", "lesson", "CASCADE", table="removal"),
        _key("revision_id", "post_revision", table="removal"),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        _key("author_id", "member", table="removal"),
        sa.Column("kind", _choice("removalkind", *REMOVALS), nullable=False),
        _time("at"),
        _time("undone_at", nullable=True),
        _time("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
    )
    op.create_index("ix_removal_lesson_id", "removal", ["lesson_id"])
    op.create_index("ix_removal_author_id", "removal", ["author_id"])
    _index_where("ix_removal_open", "removal", ["at"], "settled_at IS NULL AND undone_at IS NULL")
    op.create_table(
        "undoable_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("undokind", "narrow", "hide", "take_back", "remove"), nullable=False),
        _key("actor_id", "member", table="undoable_act"),
        _key("thread_id", "thread", nullable=True, table="undoable_act"),
        _key("post_id", "post", nullable=True, table="undoable_act"),
        _key("removal_id", "removal", "CASCADE", nullable=True, table="undoable_act"),
        sa.Column("before", sa.JSON(), nullable=False),
        _time("at"),
        _time("until"),
        _time("undone_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undoable_act")),
    )
    op.create_index("ix_undoable_act_actor_id_until", "undoable_act", ["actor_id", "until"])


def _allow_consents(before: tuple[str, str], after: tuple[str, str], longest: int) -> None:
    """Let a consent be about what `after` names, shown as so many characters at most.

    Nothing points at a consent meanwhile: SQLite writes the table anew.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(before[0], "consent", type_="unique")
        op.create_unique_constraint(after[0], "consent", after[1].split(", "))
        op.alter_column("consent", "shown_as", type_=sa.String(longest))
        return
    made = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'consent' AND sql IS NOT NULL")
    ).all()
    (table,) = [sql for kind, sql in made if kind == "table"]
    renamed, names = re.subn(r'^CREATE TABLE "?consent"?', "CREATE TABLE consent_new", table)
    renamed, lengths = re.subn(r"shown_as VARCHAR\(\d+\)", f"shown_as VARCHAR({longest})", renamed)
    rule = "CONSTRAINT {} UNIQUE ({})"
    if (names, lengths, renamed.count(rule.format(*before))) != (1, 1, 1):
        raise RuntimeError("the table consent is not as the migrations made it")
    connection.exec_driver_sql(renamed.replace(rule.format(*before), rule.format(*after)))
    columns = ", ".join(column["name"] for column in sa.inspect(connection).get_columns("consent_new"))
    op.execute(f"INSERT INTO consent_new ({columns}) SELECT {columns} FROM consent")  # noqa: S608 - as above
    op.execute("DROP TABLE consent")
    op.execute("ALTER TABLE consent_new RENAME TO consent")
    for kind, sql in made:
        if kind != "table":
            connection.exec_driver_sql(sql)


def downgrade() -> None:
    for table, columns in _columns().items():
        if table == "consent":
            _keep_one_of_each()
            _allow_consents(OF_CLAIMS, OF_WORDS, 120)
        for name in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for table in ("undoable_act", "removal", "review_request", "consent_request", "consent_round"):
        op.drop_table(table)


def _keep_one_of_each() -> None:
    """One consent for the same words: the first, which counts for every claim again."""
    same = " AND ".join(f"earlier.{name} = consent.{name}" for name in OF_WORDS[1].split(", "))
    op.execute(
        f"DELETE FROM consent WHERE EXISTS (SELECT 1 FROM consent AS earlier WHERE {same} AND earlier.id < consent.id)"  # noqa: S608
    )
    op.execute("UPDATE consent SET shown_as = SUBSTR(shown_as, 1, 120)")


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(
    name: str, other: str, on_delete: str | None = None, *, table: str, nullable: bool = False
) -> sa.Column[object]:
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}"), ondelete=on_delete)
    return sa.Column(name, sa.Integer(), reference, nullable=nullable)


def _choice(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=24)


def _check_ddl(table: str, name: str, column: str, codes: tuple[str, ...]) -> str:
    listed = ", ".join(repr(code) for code in codes)
    return f"CONSTRAINT ck_{table}_{name} CHECK ({column} IN ({listed}))"


def _choice_ddl(table: str, name: str, column: str, codes: tuple[str, ...]) -> str:
    return f"VARCHAR(24) {_check_ddl(table, name, column, codes)}"


def _index_where(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition)
    )
