"""Sources: who reports, how far their word goes, how much they may send, and whether they have fallen silent.

Whoever has reported before is there from the beginning, as if their first report had registered them.
"""

from alembic import op

revision = "intake_0005"
down_revision = "intake_0004"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE sources (
    id uuid PRIMARY KEY,
    source text NOT NULL UNIQUE,
    version bigint NOT NULL CHECK (version >= 1),
    kind text NOT NULL CHECK (kind IN ('police', 'hospital', 'resident', 'sensor', 'staff')),
    trust text NOT NULL CHECK (trust IN ('trusted', 'by_kind', 'limited')),
    reports_per_minute integer CHECK (reports_per_minute >= 1),
    quiet_after_s integer CHECK (quiet_after_s >= 60),
    learned_quiet_after_s integer CHECK (learned_quiet_after_s >= 60),
    registered_at timestamptz NOT NULL,
    changed_by text,
    changed_at timestamptz NOT NULL,
    revoked_at timestamptz,
    refused_at timestamptz,
    refused_for text CHECK (refused_for IN ('revoked', 'rate_limit')),
    quiet_since timestamptz,
    CHECK (revoked_at IS NULL OR quiet_since IS NULL),
    CHECK ((refused_at IS NULL) = (refused_for IS NULL))
);
CREATE INDEX reports_of_source ON reports (source, received_at, id);
INSERT INTO sources (id, source, version, kind, trust, reports_per_minute, registered_at, changed_at)
SELECT DISTINCT ON (source) gen_random_uuid(), source, 1, source_kind, 'by_kind',
       CASE WHEN source_kind = 'resident' THEN 600 END, received_at, received_at
FROM reports ORDER BY source, position
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
