"""Whether an endpoint can be relied on, by what became of the last attempts: in its row, for every sender alike."""

from alembic import op

revision = "alerts_0010"
down_revision = "alerts_0009"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE webhook_endpoints
    ADD COLUMN breaker text NOT NULL DEFAULT 'closed' CHECK (breaker IN ('closed', 'open', 'half_open')),
    ADD COLUMN failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    ADD COLUMN breaker_since timestamptz,
    ADD CHECK ((breaker = 'closed') = (breaker_since IS NULL));
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
