"""No exact distance outlives its day: offers are found whose distance is still exact, and what decisions were made from
is kept coarse from now on. What was kept before is exact, and goes.
"""

from alembic import op

revision = "alerts_0023"
down_revision = "alerts_0022"
branch_labels = None
depends_on = None

STATEMENTS = """
DELETE FROM decision_inputs;
CREATE INDEX offers_with_exact_distance ON offers (settled_at)
    WHERE settled_at IS NOT NULL AND distance_m <> round(distance_m / 1000) * 1000;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
