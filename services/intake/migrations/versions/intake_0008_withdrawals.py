"""What sources took back of what they reported, until a person has decided what becomes of the incident.

Which incident that is follows from the report, wherever merging and splitting have brought it.
"""

from alembic import op

revision = "intake_0008"
down_revision = "intake_0007"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE withdrawals (
    id uuid PRIMARY KEY,
    report_id uuid NOT NULL REFERENCES reports (id),
    withdrawn_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text,
    CHECK ((settled_at IS NULL) = (settled_by IS NULL))
);
CREATE UNIQUE INDEX withdrawals_standing ON withdrawals (report_id) WHERE settled_at IS NULL;
CREATE VIEW standing_withdrawals AS
SELECT withdrawals.id, withdrawn_at, surviving_incident(reports.incident_id) AS incident_id
FROM withdrawals JOIN reports ON reports.id = report_id WHERE settled_at IS NULL
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
