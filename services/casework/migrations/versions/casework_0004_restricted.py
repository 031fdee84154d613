"""Which incidents are restricted: what follows them is shown to those who may see them alone."""

from alembic import op

revision = "casework_0004"
down_revision = "casework_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE incidents ADD restricted boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE incidents ALTER restricted DROP DEFAULT")
