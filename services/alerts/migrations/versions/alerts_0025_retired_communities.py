"""Communities end: from that day on nobody looks at a roster of theirs."""

from alembic import op

revision = "alerts_0025"
down_revision = "alerts_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE communities ADD COLUMN retired_on date")
