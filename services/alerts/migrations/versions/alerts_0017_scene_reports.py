"""What people on scene report, each report kept; and intake's own last word about a threat.

`dispatches.incident` holds what is known of the threat now, which a report from the scene may have made otherwise.
"""

from alembic import op

revision = "alerts_0017"
down_revision = "alerts_0016"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE dispatches ADD COLUMN threat_reported boolean NOT NULL DEFAULT false;
UPDATE dispatches SET threat_reported = coalesce(CAST(incident ->> 'active_threat' AS boolean), false);
ALTER TABLE assignments ADD COLUMN scene_report jsonb NOT NULL DEFAULT '{}';
CREATE TABLE scene_reports (
    assignment_id uuid NOT NULL REFERENCES assignments (id),
    number integer NOT NULL CHECK (number >= 1),
    reported_at timestamptz NOT NULL,
    reported_by text NOT NULL,
    report jsonb NOT NULL,
    PRIMARY KEY (assignment_id, number)
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
