"""Which incident another turned out to be: what was done for the one was done for the other."""

from alembic import op

revision = "casework_0005"
down_revision = "casework_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE incidents ADD merged_into uuid")
    op.execute("CREATE INDEX incidents_merged_into ON incidents (merged_into) WHERE merged_into IS NOT NULL")
