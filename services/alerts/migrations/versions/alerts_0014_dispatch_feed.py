"""The feed of what happens to dispatches, for those who follow the board live."""

from alembic import op

revision = "alerts_0014"
down_revision = "alerts_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO feed_heads (feed, position) VALUES ('dispatches', 0)")
