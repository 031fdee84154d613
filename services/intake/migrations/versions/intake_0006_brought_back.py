"""Whether a person has brought an incident back that was screened out: policy does not turn it away a second time."""

from alembic import op

revision = "intake_0006"
down_revision = "intake_0005"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE incidents ADD brought_back boolean NOT NULL DEFAULT false;
ALTER TABLE incidents ALTER brought_back DROP DEFAULT
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
