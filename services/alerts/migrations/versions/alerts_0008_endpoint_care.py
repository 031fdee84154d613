"""Endpoints: a secret that is being replaced goes on signing until its time, Ed25519 keys, muted notices.

The log of messages is looked up by endpoint.
"""

from alembic import op

revision = "alerts_0008"
down_revision = "alerts_0007"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE webhook_endpoints
    ADD COLUMN public_key text,
    ADD COLUMN previous_secret_sealed bytea,
    ADD COLUMN previous_secret_until timestamptz,
    ADD COLUMN muted text[] NOT NULL DEFAULT '{}',
    ADD CHECK ((previous_secret_sealed IS NULL) = (previous_secret_until IS NULL));
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, created_at, id);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
