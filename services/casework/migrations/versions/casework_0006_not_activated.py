"""What nobody responded to is kept too: the programme may owe something of it all the same.

Of what was kept before, that it was activated says that it was no doubt; when it occurred is taken to be then.
"""

from alembic import op

revision = "casework_0006"
down_revision = "casework_0005"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE incidents ALTER activated_at DROP NOT NULL,
    ADD occurred_at timestamptz, ADD doubtful boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT incidents_activated CHECK (state NOT IN ('activated', 'closed') OR activated_at IS NOT NULL);
UPDATE incidents SET occurred_at = activated_at;
ALTER TABLE incidents ALTER occurred_at SET NOT NULL, ALTER doubtful DROP DEFAULT
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
