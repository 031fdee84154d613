"""Check-in timers of people on scene, and the page about whoever is not heard of.

Everybody on scene has a timer, and nobody else has. `pages.about`: the person whose own supervisors are paged too.
"""

from alembic import op

revision = "alerts_0004"
down_revision = "alerts_0003"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE assignments
    ADD COLUMN check_in_state text CHECK (check_in_state IN ('due', 'warned', 'missed')),
    ADD COLUMN check_in_due_at timestamptz,
    ADD COLUMN check_in_next_at timestamptz,
    ADD COLUMN last_sign_at timestamptz,
    ADD COLUMN check_ins_missed integer NOT NULL DEFAULT 0 CHECK (check_ins_missed >= 0);
UPDATE assignments SET check_in_state = 'due', last_sign_at = app_now(),
    check_in_due_at = app_now() + interval '30 minutes', check_in_next_at = app_now() + interval '32 minutes'
WHERE state = 'on_scene';
ALTER TABLE assignments
    ADD CONSTRAINT on_scene_has_check_ins CHECK ((state = 'on_scene') = (check_in_state IS NOT NULL)),
    ADD CONSTRAINT check_ins_have_times CHECK ((check_in_state IS NULL) = (check_in_due_at IS NULL)),
    ADD CONSTRAINT check_ins_go_on CHECK (coalesce(check_in_state IN ('due', 'warned'), false)
                                          = (check_in_next_at IS NOT NULL));
CREATE INDEX check_ins_due ON assignments (check_in_next_at) WHERE check_in_next_at IS NOT NULL;
CREATE TABLE missed_check_ins (
    assignment_id uuid NOT NULL REFERENCES assignments (id),
    missed_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (assignment_id, missed_at)
);
ALTER TABLE pages ADD COLUMN about uuid REFERENCES interrupters (id);
ALTER TABLE pages DROP CONSTRAINT pages_kind_check;
ALTER TABLE pages ADD CONSTRAINT pages_kind_check CHECK (kind IN ('exhausted', 'alarm', 'welfare'));
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
