"""Which questions and assignments are a drill's: one of each per person and kind, so that practice takes nobody."""

from alembic import op

revision = "alerts_0022"
down_revision = "alerts_0021"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE offers ADD COLUMN exercise boolean NOT NULL DEFAULT false;
ALTER TABLE assignments ADD COLUMN exercise boolean NOT NULL DEFAULT false;
UPDATE offers o SET exercise = true
FROM dispatches d WHERE d.incident_id = o.incident_id AND CAST(d.incident ->> 'exercise' AS boolean);
UPDATE assignments a SET exercise = true
FROM dispatches d WHERE d.incident_id = a.incident_id AND CAST(d.incident ->> 'exercise' AS boolean);
DROP INDEX one_open_offer_per_interrupter;
DROP INDEX one_active_assignment_per_interrupter;
CREATE UNIQUE INDEX one_open_offer_per_interrupter ON offers (interrupter_id, exercise)
    WHERE state IN ('open', 'acknowledged');
CREATE UNIQUE INDEX one_active_assignment_per_interrupter ON assignments (interrupter_id, exercise)
    WHERE state IN ('accepted', 'en_route', 'on_scene')
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
