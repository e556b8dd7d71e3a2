"""Requests for access stand by themselves until their address is proven; no account with a password waits any more.

An account that was asked for and never confirmed becomes a request with the same number and stamp, so that the link in
its letter still leads to it, and the password that came with it is gone: whoever opens the link chooses one. On the way
back who has not confirmed yet has to ask again.
"""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MAIL, CHECK = "outgoing_mail", "ck_outgoing_mail_has_recipient"
LINK, LINK_NAME = "access_request_id", "fk_outgoing_mail_access_request_id"
TWO = "member_id IS NOT NULL OR invitation_id IS NOT NULL"
THREE = f"{TWO} OR {LINK} IS NOT NULL"
POINTS = f"CONSTRAINT {LINK_NAME} FOREIGN KEY({LINK}) REFERENCES access_request (id) ON DELETE CASCADE"
PENDING = """
INSERT INTO access_request
    (id, email, stamp, name, function, level, body, city, space_id, message, locale, asked_at)
SELECT member.id, member.email, member.password_stamp, member.name, capacity.function, capacity.level, capacity.body,
    capacity.city, join_request.space_id, join_request.message, member.locale, join_request.asked_at
FROM member
JOIN join_request ON join_request.id = (SELECT min(id) FROM join_request WHERE member_id = member.id)
JOIN capacity ON capacity.id = (SELECT min(id) FROM capacity WHERE member_id = member.id)
WHERE member.confirmed_at IS NULL AND member.suspended_at IS NULL AND join_request.answered_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM membership WHERE membership.member_id = member.id)
"""
WAITING_EVENTS = (
    "SELECT id, name, payload FROM event WHERE handled_at IS NULL AND name IN (:asked, :forgotten)"
)


def upgrade() -> None:
    op.create_table(
        "access_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("function", sa.String(length=100), nullable=False),
        sa.Column("level", _choice("level", "field", "staff", "lead", "politics"), nullable=False),
        sa.Column(
            "body",
            _choice(
                "body",
                "city",
                "ocmw",
                "association",
                "company",
                "citizens",
                "academic",
                "government",
                "network",
            ),
            nullable=False,
        ),
        sa.Column("city", sa.String(length=20), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_access_request_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
    )
    for column in ("email", "space_id", "asked_at"):
        op.create_index(op.f(f"ix_access_request_{column}"), "access_request", [column])
    op.add_column(MAIL, sa.Column(LINK, sa.Integer(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(f"CHECK ({TWO})", f"CHECK ({THREE}), {POINTS}")
    else:
        op.drop_constraint(op.f(CHECK), MAIL, type_="check")
        op.create_check_constraint(op.f(CHECK), MAIL, THREE)
        op.execute(f"ALTER TABLE {MAIL} ADD {POINTS}")
    op.create_index(op.f(f"ix_{MAIL}_{LINK}"), MAIL, [LINK])
    _turn_accounts_into_requests()


def _choice(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=24)


def _turn_accounts_into_requests() -> None:
    connection = op.get_bind()
    op.execute(PENDING)
    turned = set(connection.scalars(sa.text("SELECT id FROM access_request")))
    op.execute(
        f"UPDATE {MAIL} SET {LINK} = member_id, member_id = NULL "  # noqa: S608 - constants of this file
        "WHERE kind = 'confirm_email' AND member_id IN (SELECT id FROM access_request)"
    )
    waiting = connection.execute(
        sa.text(WAITING_EVENTS), {"asked": "member.registered", "forgotten": "password.forgotten"}
    )
    for event_id, name, payload in waiting.all():
        ids = json.loads(payload) if isinstance(payload, str) else payload
        if ids["member_id"] in turned:
            forgotten = name == "password.forgotten"
            connection.execute(
                sa.text("UPDATE event SET name = :name, payload = :payload WHERE id = :id"),
                {
                    "id": event_id,
                    "name": name if forgotten else "access.requested",
                    "payload": json.dumps(
                        {"access_request_id": ids["member_id"]} | ({"member_id": None} if forgotten else {})
                    ),
                },
            )
    op.execute("DELETE FROM member WHERE id IN (SELECT id FROM access_request)")
    op.execute("UPDATE member SET password_hash = NULL WHERE confirmed_at IS NULL")
    if turned and connection.dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('access_request', 'id'), max(id)) FROM access_request"
        )


def _rewrite(before: str, after: str) -> None:
    """SQLite changes no constraint: the table is written anew, then its indexes as they were."""
    connection = op.get_bind()
    made = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :mail AND sql IS NOT NULL"),
        {"mail": MAIL},
    ).all()
    (table,) = [sql for kind, sql in made if kind == "table"]
    renamed, names = re.subn(rf'^CREATE TABLE "?{MAIL}"?', f"CREATE TABLE {MAIL}_new", table)
    if (table.count(before), names) != (1, 1):
        raise RuntimeError(f"the table {MAIL} is not as the migrations made it")
    connection.exec_driver_sql(renamed.replace(before, after))
    columns = ", ".join(column["name"] for column in sa.inspect(connection).get_columns(f"{MAIL}_new"))
    op.execute(f"INSERT INTO {MAIL}_new ({columns}) SELECT {columns} FROM {MAIL}")  # noqa: S608 - as above
    op.execute(f"DROP TABLE {MAIL}")
    op.execute(f"ALTER TABLE {MAIL}_new RENAME TO {MAIL}")
    for kind, sql in made:
        if kind != "table":
            connection.exec_driver_sql(sql)


def downgrade() -> None:
    _end_waiting_events()
    op.execute(f"DELETE FROM {MAIL} WHERE {LINK} IS NOT NULL")  # noqa: S608 - as above
    op.drop_index(op.f(f"ix_{MAIL}_{LINK}"), table_name=MAIL)
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(f"CHECK ({THREE}), {POINTS}", f"CHECK ({TWO})")
    else:
        op.execute(f"ALTER TABLE {MAIL} DROP CONSTRAINT {LINK_NAME}")
        op.drop_constraint(op.f(CHECK), MAIL, type_="check")
        op.create_check_constraint(op.f(CHECK), MAIL, TWO)
    op.execute(f"ALTER TABLE {MAIL} DROP COLUMN {LINK}")
    op.drop_table("access_request")


def _end_waiting_events() -> None:
    """What waits for a request that is no more would be tried again and again by code that does not know it."""
    connection = op.get_bind()
    waiting = connection.execute(
        sa.text(WAITING_EVENTS), {"asked": "access.requested", "forgotten": "password.forgotten"}
    )
    for event_id, name, payload in waiting.all():
        ids = json.loads(payload) if isinstance(payload, str) else payload
        if name == "access.requested" or ids.get("member_id") is None:
            connection.execute(sa.text("DELETE FROM event WHERE id = :id"), {"id": event_id})
