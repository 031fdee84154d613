"""What a merge or a split was with, and which reports were split off; and what was told of something turned away.

Unknown for what was decided before.
"""

from alembic import op

revision = "intake_0015"
down_revision = "intake_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE decisions ADD other uuid REFERENCES incidents, ADD reports uuid[]")
    op.execute(
        "CREATE INDEX decisions_told ON decisions (incident_id, version)"
        " WHERE decision = 'reclassify' AND decided_as = 'policy'"
    )
