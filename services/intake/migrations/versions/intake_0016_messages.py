"""What a message called itself that a report came in: of a chain of messages each names another one before it.

Reports that are stored, or come by another door, have none. Processes of the version before go on: they do not look at
the column.
"""

from alembic import op

revision = "intake_0016"
down_revision = "intake_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE reports ADD COLUMN message_id text")
    op.execute("CREATE INDEX reports_message ON reports (source, message_id) WHERE message_id IS NOT NULL")
