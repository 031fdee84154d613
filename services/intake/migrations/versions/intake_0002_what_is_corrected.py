"""What people and further reports correct: how well an incident is known, its scene, who may see it, whose it is.

A decision keeps what it changed: the facts before and after, as they stood in the row.
"""

from alembic import op

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE incidents
    ADD verification text NOT NULL DEFAULT 'unverified'
        CHECK (verification IN ('unverified', 'single_source', 'corroborated', 'confirmed')),
    ADD rumour boolean NOT NULL DEFAULT false,
    ADD scene_status text NOT NULL DEFAULT 'unknown'
        CHECK (scene_status IN ('unknown', 'active_threat', 'police_on_scene', 'clear')),
    ADD restricted boolean NOT NULL DEFAULT false,
    ADD merged_into uuid REFERENCES incidents (id) CHECK (merged_into <> id);
UPDATE incidents SET verification = 'confirmed' WHERE state = 'verified';
UPDATE incidents SET scene_status = 'active_threat' WHERE active_threat;
ALTER TABLE incidents
    ALTER verification DROP DEFAULT, ALTER rumour DROP DEFAULT, ALTER scene_status DROP DEFAULT,
    ALTER restricted DROP DEFAULT,
    ADD CHECK ((state = 'merged') = (merged_into IS NOT NULL));
CREATE INDEX incidents_merged_into ON incidents (merged_into) WHERE merged_into IS NOT NULL;

ALTER TABLE decisions ADD before jsonb, ADD after jsonb, DROP CONSTRAINT decisions_decision_check;
ALTER TABLE decisions ADD CONSTRAINT decisions_decision_check CHECK (decision IN ('verify', 'activate', 'reclassify',
    'relocate', 'update_scene', 'mark_rumour', 'change_visibility', 'screen_out', 'merge', 'split', 'reopen', 'close'));
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
