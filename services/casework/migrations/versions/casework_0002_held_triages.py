"""Which incidents' triages were held, as alerts tells it: known before or after the follow-up that it completes."""

from alembic import op

revision = "casework_0002"
down_revision = "casework_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE triages (incident_id uuid PRIMARY KEY, held_at timestamptz)")
