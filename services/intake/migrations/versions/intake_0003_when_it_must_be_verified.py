"""Until when an incident may stay unverified before a dispatcher is asked, and in what office a decision was made.

`decided_as` is unknown for decisions of before.
"""

from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE incidents ADD verify_by timestamptz;
UPDATE incidents SET
    verify_by = opened_at + interval '15 minutes',
    verification = CASE
        WHEN verification = 'confirmed' THEN verification
        WHEN (SELECT count(DISTINCT source) FROM reports WHERE incident_id = incidents.id) > 1 THEN 'corroborated'
        WHEN sources && ARRAY['police', 'hospital', 'staff'] THEN 'single_source'
        ELSE 'unverified' END;
ALTER TABLE incidents ALTER verify_by SET NOT NULL;
CREATE INDEX incidents_unverified ON incidents (verify_by)
    WHERE verification = 'unverified' AND state IN ('reported', 'verified', 'activated');

ALTER TABLE decisions ADD decided_as text CHECK (decided_as IN ('dispatcher', 'supervisor', 'policy'));
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
