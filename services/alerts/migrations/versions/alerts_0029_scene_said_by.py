"""Whose word about the scene is the newest: an assignment's, or (NULL) intake's.

The same words again are a report of its own once somebody else has spoken.
"""

from alembic import op

revision = "alerts_0029"
down_revision = "alerts_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE dispatches ADD COLUMN scene_said_by uuid")
