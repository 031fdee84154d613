"""Where an incident went that is not the programme's. Facts of before learn it with their incident's next event."""

from alembic import op

revision = "reporting_0004"
down_revision = "reporting_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE incident_facts ADD COLUMN route text")
