"""That a nomination was closed can be undone.

On the way back such acts are lost, with the lines of the log that they were undone.
"""

from alembic import op

from migrations.allowed_kinds import allow
from migrations.log_lines import forget

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

ACTS, KIND = "undoable_act", "ck_undoable_act_undokind"


def upgrade() -> None:
    allow(ACTS, "kind", KIND, more=("close_nomination",))


def downgrade() -> None:
    forget("reopen_nomination")
    op.execute(f"DELETE FROM {ACTS} WHERE kind = 'close_nomination'")  # noqa: S608 - constants
    allow(ACTS, "kind", KIND, less=("close_nomination",))
