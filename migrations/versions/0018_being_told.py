"""What members follow and how it reaches them; mentions; mail that came back; digests every two weeks, at their hour.

Spaces and axes chosen for a digest become subscriptions, and are chosen ones again on the way back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CHOICE = "digest_choice"
OLD, NEW = ("daily", "weekly", "monthly", "never"), ("daily", "weekly", "fortnightly", "monthly", "never")
DELIVERY = ("at_once", "digest", "nothing")
AXES = (
    *("glokale-strategie", "ruimtelijke-samenhang", "kwalitatieve-densiteit"),
    *("innoverende-kracht", "identiteit-diversiteit", "solidaire-stadspolis"),
)
CHECKS = {
    "lessons": ("lessonchoice", ("all", "axes", "none"), "all"),
    "elsewhere": ("elsewhere", DELIVERY, "digest"),
}
NUMBERS = {"weekday": 0, "hour": 7}
POINTERS = {
    "actor_id": ("member", "SET NULL"),
    "thread_id": ("thread", "CASCADE"),
    "post_id": ("post", "CASCADE"),
    "space_id": ("space", "CASCADE"),
    "mail_id": ("outgoing_mail", "SET NULL"),
}


def upgrade() -> None:
    _allow(NEW)
    _widen_choice()
    _create_tables()
    _subscribe()
    _follow()
    for table in ("digest_space", "digest_axis"):
        op.drop_table(table)
    _widen_notification()
    kinds = "mail_policy IN ('full', 'excerpt', 'title', 'link')"
    op.execute(
        f"ALTER TABLE space ADD COLUMN mail_policy VARCHAR(24) CONSTRAINT ck_space_mailpolicy CHECK ({kinds})"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE space DROP COLUMN mail_policy")
    _narrow_notification()
    _create_digest_tables()
    for table, column in (("digest_space", "space_id"), ("digest_axis", "axis")):
        op.execute(
            f"""INSERT INTO {table} (member_id, {column}) SELECT member_id, {column} FROM subscription
            WHERE {column} IS NOT NULL AND delivery <> 'nothing'"""  # noqa: S608 - constants
        )
    tables = ("suppression", "bounce", "mention", "space_follow", "thread_follow", "quiet_hours")
    for table in (*tables, "notice_choice", "subscription"):
        op.drop_table(table)
    for column in ("only_unread", "locale", *CHECKS, *NUMBERS):
        op.execute(f"ALTER TABLE {CHOICE} DROP COLUMN {column}")
    op.execute(f"UPDATE {CHOICE} SET frequency = 'weekly' WHERE frequency = 'fortnightly'")  # noqa: S608
    _allow(OLD)


def _allow(frequencies: tuple[str, ...]) -> None:
    """Let these frequencies be chosen. SQLite changes no constraint: the table of before is written anew there."""
    check = "frequency IN ({})".format(", ".join(f"'{one}'" for one in frequencies))
    named = f"CONSTRAINT ck_digest_choice_frequency CHECK ({check})"
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {CHOICE} DROP CONSTRAINT ck_digest_choice_frequency")
        op.execute(f"ALTER TABLE {CHOICE} ADD {named}")
        return
    op.execute(
        f"""CREATE TABLE {CHOICE}_new (
            member_id INTEGER NOT NULL, frequency VARCHAR(24) NOT NULL, chosen_at DATETIME NOT NULL,
            CONSTRAINT pk_digest_choice PRIMARY KEY (member_id),
            CONSTRAINT fk_digest_choice_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
            {named})"""
    )
    op.execute(
        f"""INSERT INTO {CHOICE}_new (member_id, frequency, chosen_at)
        SELECT member_id, frequency, chosen_at FROM {CHOICE}"""  # noqa: S608 - constants
    )
    op.drop_table(CHOICE)
    op.rename_table(f"{CHOICE}_new", CHOICE)


def _widen_choice() -> None:
    for name, number in NUMBERS.items():
        op.add_column(CHOICE, sa.Column(name, sa.SmallInteger(), nullable=False, server_default=str(number)))
    op.add_column(CHOICE, sa.Column("locale", sa.String(5), nullable=True))
    op.add_column(CHOICE, sa.Column("only_unread", sa.Boolean(), nullable=False, server_default=sa.true()))
    for name, (check, values, default) in CHECKS.items():
        allowed = ", ".join(f"'{value}'" for value in values)
        op.execute(
            f"""ALTER TABLE {CHOICE} ADD COLUMN {name} VARCHAR(24) NOT NULL DEFAULT '{default}'
            CONSTRAINT ck_digest_choice_{check} CHECK ({name} IN ({allowed}))"""
        )


def _follow() -> None:
    """Who wrote in a thread follows it, as from now on."""
    op.execute(
        sa.text(
            """INSERT INTO thread_follow (member_id, thread_id, level, chosen, changed_at)
            SELECT author_id, thread_id, 'all', :chosen, MAX(created_at) FROM post GROUP BY author_id, thread_id"""
        ).bindparams(sa.bindparam("chosen", value=False, type_=sa.Boolean()))
    )


def _subscribe() -> None:
    """Who chose spaces or axes wants those, and nothing of the others."""
    op.execute(
        """INSERT INTO subscription (member_id, space_id, delivery)
        SELECT member_id, space_id, 'digest' FROM digest_space"""
    )
    # Of the spaces that they belong to too, which without a subscription stand in the digest.
    op.execute(
        """INSERT INTO subscription (member_id, space_id, delivery)
        SELECT DISTINCT member_id, space_id, 'nothing' FROM membership AS own
        WHERE ended_at IS NULL AND member_id IN (SELECT member_id FROM digest_space) AND NOT EXISTS (
            SELECT 1 FROM digest_space WHERE member_id = own.member_id AND space_id = own.space_id)"""
    )
    op.execute(
        "UPDATE digest_choice SET elsewhere = 'nothing' WHERE member_id IN (SELECT member_id FROM digest_space)"
    )
    for axis in AXES:
        op.execute(
            f"""INSERT INTO subscription (member_id, axis, delivery)
            SELECT member_id, '{axis}', CASE WHEN MAX(CASE WHEN axis = '{axis}' THEN 1 ELSE 0 END) = 1
            THEN 'digest' ELSE 'nothing' END FROM digest_axis GROUP BY member_id"""  # noqa: S608 - constants
        )
    op.execute(
        "UPDATE digest_choice SET lessons = 'axes' WHERE member_id IN (SELECT member_id FROM digest_axis)"
    )
    # Who stopped the digest stopped these with it; each has a stop of its own now.
    for stop in ("cited", "still_right"):
        op.execute(
            f"""INSERT INTO notice_choice (member_id, stop, delivery)
            SELECT member_id, '{stop}', 'nothing' FROM digest_choice WHERE frequency = 'never'"""  # noqa: S608
        )


def _widen_notification() -> None:
    with op.batch_alter_table("notification") as batch:
        for column, (table, on_delete) in POINTERS.items():
            batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_notification_{column}"), table, [column], ["id"], ondelete=on_delete
            )
        for name in ("shown_at", "mail_at"):
            batch.add_column(_time(name, nullable=True))
    unread, mailed = (
        sa.text("read_at IS NULL"),
        sa.text("mail_at IS NOT NULL"),
    )
    op.create_index("ix_notification_created_at", "notification", ["created_at"])
    op.create_index("ix_notification_mail_id", "notification", ["mail_id"])
    op.create_index(
        "ix_notification_member_id_created_at_id", "notification", ["member_id", "created_at", "id"]
    )
    for index, columns, rows in (
        ("ix_notification_unread", ["member_id", "thread_id"], unread),
        ("ix_notification_mail_at", ["member_id", "mail_at"], mailed),
    ):
        op.create_index(index, "notification", columns, sqlite_where=rows, postgresql_where=rows)


def _narrow_notification() -> None:
    # The code of before says of each that its reader is quoted in a lesson.
    op.execute("DELETE FROM notification WHERE lesson_id IS NULL OR kind <> 'cited'")
    for name in ("created_at", "mail_id", "member_id_created_at_id", "unread", "mail_at"):
        op.drop_index(f"ix_notification_{name}", "notification")
    with op.batch_alter_table("notification") as batch:
        for column in POINTERS:
            batch.drop_constraint(op.f(f"fk_notification_{column}"), type_="foreignkey")
        for column in (*POINTERS, "shown_at", "mail_at"):
            batch.drop_column(column)


def _create_tables() -> None:
    _create_subscriptions()
    _create_choices()
    _create_follows()
    _create_bounces()


def _create_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("subscription", "member"),
        _key("subscription", "space", nullable=True),
        _key("subscription", "thread", nullable=True),
        sa.Column("axis", _choice("axis", *AXES), nullable=True),
        _key("subscription", "tag", nullable=True),
        sa.Column("delivery", _choice("delivery", *DELIVERY), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN space_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN thread_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN axis IS NULL THEN 0 ELSE 1 END) + (CASE WHEN tag_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_subscription_one_target"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        *(
            sa.UniqueConstraint("member_id", name, name=op.f(f"uq_subscription_member_id_{name}"))
            for name in ("space_id", "thread_id", "axis", "tag_id")
        ),
    )
    for name in ("space_id", "thread_id", "axis", "tag_id"):
        op.create_index(f"ix_subscription_{name}", "subscription", [name])


def _create_choices() -> None:
    op.create_table(
        "notice_choice",
        _key("notice_choice", "member"),
        sa.Column("stop", sa.String(24), nullable=False),
        sa.Column("delivery", _choice("delivery", *DELIVERY), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "stop", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "quiet_hours",
        _key("quiet_hours", "member"),
        sa.Column("from_hour", sa.SmallInteger(), nullable=False),
        sa.Column("until_hour", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("from_hour <> until_hour", name=op.f("ck_quiet_hours_some_hours")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_quiet_hours")),
    )


def _create_follows() -> None:
    levels = ("all", "answers", "nothing")
    for name in ("thread", "space"):
        table = f"{name}_follow"
        chosen = [sa.Column("chosen", sa.Boolean(), nullable=False)] if name == "thread" else []
        op.create_table(
            table,
            _key(table, "member"),
            _key(table, name),
            sa.Column("level", _choice("followlevel", *levels), nullable=False),
            *chosen,
            _time("changed_at"),
            sa.PrimaryKeyConstraint("member_id", f"{name}_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_{name}_id", table, [f"{name}_id"])
    op.create_table(
        "mention",
        _key("mention", "post"),
        _key("mention", "member"),
        sa.Column("handle", sa.String(40), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "member_id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_member_id", "mention", ["member_id"])


def _create_bounces() -> None:
    kinds = ("permanent", "temporary", "complaint")
    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        _key("bounce", "member", nullable=True),
        sa.Column("kind", _choice("bouncekind", *kinds), nullable=False),
        sa.Column("report", sa.String(64), nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("report", name=op.f("uq_bounce_report")),
    )
    op.create_index("ix_bounce_email_at", "bounce", ["email", "at"])
    op.create_index("ix_bounce_member_id", "bounce", ["member_id"])
    op.create_table(
        "suppression",
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("reason", _choice("bouncekind", *kinds), nullable=False),
        _time("since_at"),
        _time("lifted_at", nullable=True),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_suppression")),
    )


def _create_digest_tables() -> None:
    op.create_table(
        "digest_space",
        _key("digest_space", "member"),
        _key("digest_space", "space"),
        sa.PrimaryKeyConstraint("member_id", "space_id", name=op.f("pk_digest_space")),
    )
    op.create_table(
        "digest_axis",
        _key("digest_axis", "member"),
        sa.Column("axis", _choice("axis", *AXES), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "axis", name=op.f("pk_digest_axis")),
    )


def _key(table: str, other: str, *, nullable: bool = False) -> sa.Column[object]:
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{other}_id"), ondelete="CASCADE")
    return sa.Column(f"{other}_id", sa.Integer(), reference, nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
