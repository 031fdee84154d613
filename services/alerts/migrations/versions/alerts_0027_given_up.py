"""A dispatch that nobody was found for in time is looked at no more: nobody is paged for an old crime."""

from alembic import op

revision = "alerts_0027"
down_revision = "alerts_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE dispatches DROP CONSTRAINT dispatches_check1")
    op.execute(
        "ALTER TABLE dispatches ADD CONSTRAINT only_what_is_exhausted_is_looked_at_again "
        "CHECK (reconsider_at IS NULL OR state = 'exhausted')"
    )
