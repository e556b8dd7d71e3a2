"""What the library is ordered by stands beside each lesson, and beside each report whether it lights its city.

Every order but the latest first, and the filter by where a lesson was applied, read all lessons and all reports.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

LESSON, REPORT = "lesson", "adoption_report"
KEYS = ("applied_in", "certainty", "due_quarter")
LIGHTS = "ix_adoption_report_city_lights_lesson_id"
NO_QUARTER = "2147483647"
# Reports that count, of each person in a lesson for the city of the first of them.
LIT = """
WITH counted AS (
    SELECT r.id, r.lesson_id, r.reporter_id, r.city, row_number() OVER (
        PARTITION BY r.lesson_id, r.reporter_id ORDER BY r.reported_on, r.id) AS place
    FROM adoption_report r JOIN capacity c ON c.id = r.capacity_id
    WHERE c.counts_until >= r.reported_on OR (
        c.confirmed_at IS NOT NULL AND c.city = r.city AND (
            c.body IN ('city', 'ocmw', 'association', 'company') OR (c.body = 'government' AND c.city = 'vgc'))))
UPDATE adoption_report SET lights = TRUE WHERE id IN (
    SELECT one.id FROM counted one JOIN counted first ON first.lesson_id = one.lesson_id
    AND first.reporter_id = one.reporter_id AND first.city = one.city AND first.place = 1)
"""
ORDERS = """
UPDATE lesson SET
    applied_in = (SELECT count(DISTINCT r.city) FROM adoption_report r WHERE r.lesson_id = lesson.id AND r.lights),
    certainty = coalesce((SELECT CASE v.confidence WHEN 'high' THEN 2 WHEN 'fair' THEN 1 ELSE 0 END
        FROM lesson_version v WHERE v.id = lesson.current_id), 0)
"""
QUARTERS = """
UPDATE lesson SET due_quarter = CAST(substr(CAST(review_on AS VARCHAR), 1, 4) AS INTEGER) * 4
    + (CAST(substr(CAST(review_on AS VARCHAR), 6, 2) AS INTEGER) - 1) / 3
WHERE review_on IS NOT NULL
"""


def upgrade() -> None:
    op.add_column(REPORT, sa.Column("lights", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in KEYS[:2]:
        op.add_column(LESSON, sa.Column(name, sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column(LESSON, sa.Column(KEYS[2], sa.Integer(), nullable=False, server_default=NO_QUARTER))
    for filled in (LIT, ORDERS, QUARTERS):
        op.execute(filled)
    op.create_index(LIGHTS, REPORT, ["city", "lights", "lesson_id"])
    published = sa.text("current_id IS NOT NULL")
    for name in KEYS:
        op.create_index(
            f"ix_lesson_{name}",
            LESSON,
            [name, "changed_at", "id"],
            sqlite_where=published,
            postgresql_where=published,
        )


def downgrade() -> None:
    for name in KEYS:
        op.drop_index(f"ix_lesson_{name}", table_name=LESSON)
    op.drop_index(LIGHTS, table_name=REPORT)
    for name in KEYS:
        op.execute(f"ALTER TABLE {LESSON} DROP COLUMN {name}")
    op.execute(f"ALTER TABLE {REPORT} DROP COLUMN lights")
