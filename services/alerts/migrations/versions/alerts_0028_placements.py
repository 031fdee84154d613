"""Where somebody belongs can change: what it was and became, why and by whom. Of the home base only that it changed."""

from alembic import op

revision = "alerts_0028"
down_revision = "alerts_0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
CREATE TABLE placement_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    team_community text,
    floater boolean NOT NULL,
    was_organization_id uuid NOT NULL REFERENCES organizations (id),
    was_team_community text,
    was_floater boolean NOT NULL,
    home_changed boolean NOT NULL,
    reason text NOT NULL CHECK (reason IN ('contractor_changed', 'team_changed', 'moved_home', 'corrected', 'other')),
    by text NOT NULL,
    at timestamptz NOT NULL,
    CHECK (floater OR team_community IS NOT NULL)
)
"""
    )
    op.execute("CREATE INDEX placement_changes_by_interrupter ON placement_changes (interrupter_id, id)")
