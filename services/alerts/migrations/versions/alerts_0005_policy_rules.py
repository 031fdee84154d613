"""Roles that depend on the incident, and a radius that widens: for which roles nobody is left, how far was looked.

What a page is about is a code without a list here: its makers know the codes.
"""

from alembic import op

revision = "alerts_0005"
down_revision = "alerts_0004"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE dispatches ADD COLUMN exhausted_roles text[] NOT NULL DEFAULT '{}';
UPDATE dispatches SET exhausted_roles = '{scene}' WHERE state = 'exhausted';
ALTER TABLE dispatches ALTER COLUMN exhausted_roles DROP DEFAULT;
ALTER TABLE dispatches ADD CHECK (state <> 'exhausted' OR cardinality(exhausted_roles) > 0);
ALTER TABLE rankings ADD COLUMN step integer CHECK (step >= 1);
ALTER TABLE pages DROP CONSTRAINT pages_kind_check;
ALTER TABLE pages ADD CONSTRAINT pages_kind_check CHECK (kind ~ '^[a-z_]+$');
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
