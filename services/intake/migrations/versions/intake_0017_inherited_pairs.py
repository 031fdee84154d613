"""From whom an incident has a pair that it may be the same as: gone again with the one it came from."""

from alembic import op

revision = "intake_0017"
down_revision = "intake_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE possible_duplicates ADD inherited_from uuid REFERENCES incidents")
    op.execute("CREATE INDEX possible_duplicates_inherited ON possible_duplicates (inherited_from)")
