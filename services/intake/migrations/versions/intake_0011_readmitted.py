"""When a source was last admitted again: its silence counts from then, and not from what it said before."""

from alembic import op

revision = "intake_0011"
down_revision = "intake_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE sources ADD readmitted_at timestamptz")
