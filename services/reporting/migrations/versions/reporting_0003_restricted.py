"""Which incidents are restricted: they are counted, and no place smaller than a ward is told of them."""

from alembic import op

revision = "reporting_0003"
down_revision = "reporting_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE incident_facts ADD restricted boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE incident_facts ALTER restricted DROP DEFAULT")
