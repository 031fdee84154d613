"""Somebody who has a role and was never there gives it back: it ended, and it was their word."""

from alembic import op

revision = "alerts_0024"
down_revision = "alerts_0023"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE assignments ADD COLUMN given_back boolean NOT NULL DEFAULT false;
ALTER TABLE assignments ADD CONSTRAINT only_who_was_never_there_gives_back
    CHECK (NOT given_back OR (state = 'stood_down' AND on_scene_at IS NULL));
ALTER TABLE desk_actions DROP CONSTRAINT desk_actions_action_check;
ALTER TABLE desk_actions DROP CONSTRAINT desk_actions_check1;
ALTER TABLE desk_actions ADD CONSTRAINT desk_actions_action_check
    CHECK (action IN ('escalate', 'extend', 'take_over', 'hand_back', 'stand_down', 'await', 'give_back'));
ALTER TABLE desk_actions ADD CONSTRAINT a_decision_is_somebodys
    CHECK (action IN ('escalate', 'await', 'give_back', 'hand_back') OR decided_by IS NOT NULL)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
