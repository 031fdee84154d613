"""What news of an incident changed about a dispatch: it came back, it lies elsewhere, there is a threat or none."""

from alembic import op

revision = "alerts_0030"
down_revision = "alerts_0029"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE desk_actions DROP CONSTRAINT desk_actions_action_check;
ALTER TABLE desk_actions DROP CONSTRAINT a_decision_is_somebodys;
ALTER TABLE desk_actions ADD CONSTRAINT desk_actions_action_check
    CHECK (action IN ('escalate', 'extend', 'take_over', 'hand_back', 'stand_down', 'await', 'give_back',
                      'reopen', 'relocate', 'threat', 'clear'));
ALTER TABLE desk_actions ADD CONSTRAINT a_decision_is_somebodys
    CHECK (action NOT IN ('extend', 'take_over', 'stand_down') OR decided_by IS NOT NULL)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
