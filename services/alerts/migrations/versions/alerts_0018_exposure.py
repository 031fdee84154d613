"""Whom a rest was suggested to, after how many incidents with victims, and to how many supervisors' phones it went."""

from alembic import op

revision = "alerts_0018"
down_revision = "alerts_0017"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE rest_suggestions (
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    at timestamptz NOT NULL,
    exposures integer NOT NULL CHECK (exposures >= 1),
    supervisors_told integer NOT NULL CHECK (supervisors_told >= 0),
    PRIMARY KEY (interrupter_id, at)
);
CREATE INDEX assignments_on_scene_by_person ON assignments (interrupter_id, on_scene_at)
    WHERE on_scene_at IS NOT NULL;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
