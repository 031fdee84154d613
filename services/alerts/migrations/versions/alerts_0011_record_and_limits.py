"""The record of a person: languages, employment, who granted which licence; safety holds; conflicts that were ended.

`held` repeats that a hold is under way, so that a decision reads it with the person.
"""

from alembic import op

revision = "alerts_0011"
down_revision = "alerts_0010"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE interrupters
    ADD COLUMN languages text[] NOT NULL DEFAULT '{}',
    ADD COLUMN employment text NOT NULL DEFAULT 'full_time' CHECK (employment IN ('full_time', 'part_time')),
    ADD COLUMN weekly_hours integer CHECK (weekly_hours BETWEEN 1 AND 60),
    ADD COLUMN held boolean NOT NULL DEFAULT false,
    ADD CHECK ((employment = 'part_time') = (weekly_hours IS NOT NULL));
CREATE INDEX interrupters_by_position_age ON interrupters (position_at) WHERE position_at IS NOT NULL;

CREATE TABLE safety_holds (
    id uuid PRIMARY KEY,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    reason text NOT NULL CHECK (reason IN ('threatened', 'retaliation_risk', 'injured', 'exposure', 'under_review',
                                           'other')),
    until timestamptz CHECK (until > placed_at),
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL,
    ended_by text,
    ended_at timestamptz,
    CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
);
CREATE UNIQUE INDEX one_safety_hold_per_interrupter ON safety_holds (interrupter_id) WHERE ended_at IS NULL;
CREATE INDEX safety_holds_due ON safety_holds (until) WHERE ended_at IS NULL;

ALTER TABLE licences ADD COLUMN granted_by text, ADD COLUMN granted_at timestamptz;
CREATE TABLE licence_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    change text NOT NULL CHECK (change IN ('granted', 'withdrawn')),
    community text NOT NULL,
    from_day date NOT NULL,
    until_day date,
    by text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX licence_changes_by_interrupter ON licence_changes (interrupter_id, id);

ALTER TABLE conflicts_of_interest
    ADD COLUMN recorded_by text,
    ADD COLUMN recorded_at timestamptz,
    ADD COLUMN ended_by text,
    ADD COLUMN ended_at timestamptz,
    ADD CHECK ((ended_by IS NULL) = (ended_at IS NULL));

ALTER TABLE assignments ADD COLUMN doubted_at timestamptz;
CREATE INDEX assignments_active ON assignments (interrupter_id) WHERE state IN ('accepted', 'en_route', 'on_scene')
    AND doubted_at IS NULL;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
