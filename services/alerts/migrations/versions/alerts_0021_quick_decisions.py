"""A decision about thousands is read and written within a moment: licences are found by their community, and what was
decided is neither parsed into pieces nor compressed while somebody waits to be asked.
"""

from alembic import op

revision = "alerts_0021"
down_revision = "alerts_0020"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE INDEX licences_by_community ON licences (community) INCLUDE (interrupter_id, from_day, until_day);
ALTER TABLE rankings ALTER COLUMN ranked TYPE json, ALTER COLUMN left_out TYPE json,
    ALTER COLUMN ranked SET STORAGE EXTERNAL, ALTER COLUMN left_out SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
