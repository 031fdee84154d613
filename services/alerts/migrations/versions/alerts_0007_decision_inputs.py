"""What each decision was made from, kept beside it: JSON as text, written once and read only to tell it again.

EXTERNAL: neither compressed nor parsed while somebody waits to be asked.
"""

from alembic import op

revision = "alerts_0007"
down_revision = "alerts_0006"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE decision_inputs (
    ranking_id bigint PRIMARY KEY REFERENCES rankings (id),
    inputs text NOT NULL
);
ALTER TABLE decision_inputs ALTER COLUMN inputs SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
