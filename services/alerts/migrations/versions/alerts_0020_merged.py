"""Which dispatches ended because their incident was another one: the survivor's takes their people over."""

from alembic import op

revision = "alerts_0020"
down_revision = "alerts_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX dispatches_merged_into ON dispatches ((incident ->> 'merged_into')) "
        "WHERE incident ->> 'merged_into' IS NOT NULL"
    )
