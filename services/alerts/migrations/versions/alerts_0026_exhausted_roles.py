"""Which roles nobody is left for is in the page about it; while others are still asked for, the escalation goes on."""

from alembic import op

revision = "alerts_0026"
down_revision = "alerts_0025"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE pages ADD COLUMN roles text[];
ALTER TABLE dispatches DROP CONSTRAINT only_what_is_open_escalates;
ALTER TABLE dispatches ADD CONSTRAINT only_what_is_wanted_escalates
    CHECK (escalate_at IS NULL OR state IN ('open', 'exhausted'))
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
