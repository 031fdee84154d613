"""Decisions by hand: who gave whom a role, instead of whom, why, and which rules were set aside."""

from alembic import op

revision = "alerts_0002"
down_revision = "alerts_0001"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE overrides (
    assignment_id uuid PRIMARY KEY REFERENCES assignments (id),
    incident_id uuid NOT NULL REFERENCES dispatches (incident_id),
    role text NOT NULL,
    at timestamptz NOT NULL,
    relieved_id uuid UNIQUE REFERENCES assignments (id),
    reason text NOT NULL CHECK (reason IN ('nobody_left', 'no_contact', 'relieved', 'better_placed',
                                           'conflict_of_interest', 'unsafe', 'other')),
    despite text[] NOT NULL,
    decided_by text NOT NULL,
    decided_as text NOT NULL CHECK (decided_as IN ('dispatcher', 'supervisor'))
);
CREATE INDEX overrides_by_incident ON overrides (incident_id, at);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
