"""The triage of a dispatch: owed by when, held when. Facts of before know of none."""

from alembic import op

revision = "reporting_0002"
down_revision = "reporting_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
ALTER TABLE dispatch_facts ADD COLUMN triage_state text, ADD COLUMN triage_due_at timestamptz,
    ADD COLUMN triage_held_at timestamptz
""")
