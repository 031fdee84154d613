"""The board's ways in: by state, by community, exercises alone; each in the order of the list."""

from alembic import op

revision = "alerts_0003"
down_revision = "alerts_0002"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE INDEX dispatches_by_state ON dispatches (state, opened_at, incident_id);
CREATE INDEX dispatches_by_community ON dispatches (community, opened_at, incident_id);
CREATE INDEX exercises_by_opening ON dispatches (opened_at, incident_id)
    WHERE CAST(incident ->> 'exercise' AS boolean);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
