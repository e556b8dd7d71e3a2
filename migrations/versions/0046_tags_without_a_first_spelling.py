"""A tag is known by its slug alone: how it was first spelt, maybe on a closed thread, is in the shared row no more."""

import sqlalchemy as sa
from alembic import op

from forum.infra.sort_keys import KEY_TYPE, sort_key

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

NAME, KEY = "name", "sort_key"
# On the way back: as the first one spells it who still has it, else its slug.
FIRST = """
    UPDATE tag SET name = coalesce(
        (SELECT name FROM thread_tag WHERE tag_id = tag.id ORDER BY thread_id LIMIT 1),
        (SELECT name FROM lesson_tag WHERE tag_id = tag.id ORDER BY version_id LIMIT 1),
        (SELECT name FROM profile_tag WHERE tag_id = tag.id ORDER BY member_id LIMIT 1),
        substr(slug, 1, 40)
    )
"""


def upgrade() -> None:
    op.drop_index("ix_tag_sort_key_id", "tag")
    op.drop_column("tag", KEY)
    op.drop_column("tag", NAME)


def downgrade() -> None:
    # The defaults stay: SQLite could take them away only with the whole table, and code of before always says both.
    op.add_column("tag", sa.Column(NAME, sa.String(40), nullable=False, server_default=""))
    op.add_column("tag", sa.Column(KEY, KEY_TYPE, nullable=False, server_default=""))
    op.execute(FIRST)
    tag = sa.table("tag", sa.column("id"), sa.column(NAME), sa.column(KEY))
    connection = op.get_bind()
    keys = [{"row": row.id, "key": sort_key(row.name)} for row in connection.execute(sa.select(tag))]
    if keys:
        update = tag.update().where(tag.c.id == sa.bindparam("row"))
        connection.execute(update.values(sort_key=sa.bindparam("key")), keys)
    op.create_index("ix_tag_sort_key_id", "tag", [KEY, "id"])
