"""Steps of the escalation, what a person at the desk has decided, and until when somebody is awaited on scene."""

from alembic import op

revision = "alerts_0013"
down_revision = "alerts_0012"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE dispatches
    ADD COLUMN wanted_since timestamptz,
    ADD COLUMN escalation_step integer NOT NULL DEFAULT 0 CHECK (escalation_step >= 0),
    ADD COLUMN escalate_at timestamptz,
    ADD COLUMN taken_over_at timestamptz,
    ADD COLUMN taken_over_by text,
    ADD CONSTRAINT only_what_is_open_escalates CHECK (escalate_at IS NULL OR state = 'open'),
    ADD CONSTRAINT only_what_is_open_is_led CHECK (taken_over_at IS NULL OR state = 'open'),
    ADD CONSTRAINT somebody_leads CHECK ((taken_over_at IS NULL) = (taken_over_by IS NULL)),
    ADD CONSTRAINT leading_ends CHECK (taken_over_at IS NULL OR escalate_at IS NOT NULL);
CREATE INDEX dispatches_to_escalate ON dispatches (escalate_at) WHERE escalate_at IS NOT NULL;
ALTER TABLE pages ADD COLUMN audience text CHECK (audience IN ('supervisor', 'dispatcher'));
ALTER TABLE assignments ADD COLUMN on_scene_by timestamptz,
    ADD CONSTRAINT only_who_is_on_the_way_is_awaited CHECK (on_scene_by IS NULL OR state IN ('accepted', 'en_route'));
CREATE INDEX arrivals_due ON assignments (on_scene_by) WHERE on_scene_by IS NOT NULL;
CREATE TABLE desk_actions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES dispatches (incident_id),
    at timestamptz NOT NULL,
    action text NOT NULL CHECK (action IN ('escalate', 'extend', 'take_over', 'hand_back', 'stand_down', 'await')),
    reason text,
    decided_by text,
    decided_as text CHECK (decided_as IN ('dispatcher', 'supervisor')),
    offer_id uuid REFERENCES offers (id),
    until timestamptz,
    CHECK ((decided_by IS NULL) = (decided_as IS NULL)),
    CHECK (action IN ('escalate', 'await') OR decided_by IS NOT NULL OR action = 'hand_back')
);
CREATE INDEX desk_actions_by_incident ON desk_actions (incident_id, id);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
