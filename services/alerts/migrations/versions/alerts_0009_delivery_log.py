"""The delivery log: dead messages are replayed by new ones that refer to them, and what is old is forgotten whole."""

from alembic import op

revision = "alerts_0009"
down_revision = "alerts_0008"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_state_check,
    ADD CONSTRAINT deliveries_state_check CHECK (state IN ('pending', 'attempting', 'delivered', 'retry_scheduled',
                                                           'dead', 'cancelled', 'replayed')),
    ADD COLUMN replay_of uuid REFERENCES deliveries (id) ON DELETE SET NULL;
CREATE UNIQUE INDEX one_replay_per_delivery ON deliveries (replay_of) WHERE replay_of IS NOT NULL;
CREATE INDEX deliveries_by_age ON deliveries (created_at, id);
ALTER TABLE delivery_attempts
    DROP CONSTRAINT delivery_attempts_delivery_id_fkey,
    ADD FOREIGN KEY (delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
