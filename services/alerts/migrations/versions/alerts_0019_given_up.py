"""What nobody did in time is told: a step of a response plan whose day is over, a request to trade shifts."""

from alembic import op

revision = "alerts_0019"
down_revision = "alerts_0018"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE plan_steps ADD COLUMN next_action_at timestamptz,
    ADD CONSTRAINT what_is_done_goes_on_no_more CHECK (done_at IS NULL OR next_action_at IS NULL);
UPDATE plan_steps s SET next_action_at = (s.due_on + 1)::timestamp AT TIME ZONE (d.policy ->> 'time_zone')
FROM dispatches d WHERE d.incident_id = s.incident_id AND s.done_at IS NULL
    AND NOT CAST(d.incident ->> 'exercise' AS boolean);
CREATE INDEX plan_steps_next ON plan_steps (next_action_at) WHERE next_action_at IS NOT NULL;
ALTER TABLE shift_trades DROP CONSTRAINT shift_trades_state_check;
ALTER TABLE shift_trades ADD CONSTRAINT shift_trades_state_check
    CHECK (state IN ('requested', 'effective', 'declined', 'withdrawn', 'lapsed'));
CREATE INDEX shift_trades_lapsing ON shift_trades (lapses_at) WHERE state = 'requested';
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
