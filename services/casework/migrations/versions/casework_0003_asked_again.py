"""A follow-up says on what occasion it was asked for: one kind may be asked for again when the incident becomes worse.

What was asked for before of an incident that is a homicide now was asked for, or is, with the homicide known.
"""

from alembic import op

revision = "casework_0003"
down_revision = "casework_0002"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE follow_ups ADD occasion text NOT NULL DEFAULT 'first' CHECK (occasion ~ '^[a-z_]{1,64}$');
UPDATE follow_ups f SET occasion = 'homicide'
    FROM incidents i WHERE i.incident_id = f.incident_id AND i.kind = 'homicide' AND f.kind <> 'triage';
ALTER TABLE follow_ups ALTER occasion DROP DEFAULT,
    DROP CONSTRAINT follow_ups_once, ADD CONSTRAINT follow_ups_once UNIQUE (incident_id, kind, occasion)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
