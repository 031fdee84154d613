"""Who loaded a set of areas, unknown where a programme brought it; and incidents found by when they occurred."""

from alembic import op

revision = "intake_0013"
down_revision = "intake_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE area_sets ADD loaded_by text")
    op.execute("CREATE INDEX incidents_occurred ON incidents (occurred_at)")
