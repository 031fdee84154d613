"""A person may have several endpoints in order, also by SMS, e-mail and chat; a message by several of them is one.

Notices that pile up on a phone go out as one: `bundled_into` says with which.
"""

from alembic import op

revision = "alerts_0012"
down_revision = "alerts_0011"
branch_labels = None
depends_on = None

STATEMENTS = """
DROP INDEX one_enabled_endpoint_per_person;
ALTER TABLE webhook_endpoints
    ALTER COLUMN url DROP NOT NULL,
    ALTER COLUMN secret_sealed DROP NOT NULL,
    ADD COLUMN kind text NOT NULL DEFAULT 'webhook' CHECK (kind IN ('webhook', 'sms', 'email', 'chat')),
    ADD COLUMN position smallint NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 99),
    ADD COLUMN service text,
    ADD COLUMN address_sealed bytea,
    ADD CHECK ((kind = 'webhook') = (url IS NOT NULL)),
    ADD CHECK ((kind = 'webhook') = (secret_sealed IS NOT NULL)),
    ADD CHECK ((kind = 'webhook') = (service IS NULL)),
    ADD CHECK ((kind = 'webhook') = (address_sealed IS NULL));
CREATE UNIQUE INDEX one_enabled_endpoint_per_url ON webhook_endpoints (owner_id, url)
    WHERE enabled AND owner_kind = 'interrupter';
ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_state_check,
    ADD CONSTRAINT deliveries_state_check CHECK (state IN ('pending', 'attempting', 'delivered', 'retry_scheduled',
                                                           'dead', 'cancelled', 'replayed', 'bundled')),
    ADD COLUMN message_id uuid,
    ADD COLUMN place smallint NOT NULL DEFAULT 0,
    ADD COLUMN bundled_into uuid REFERENCES deliveries (id) ON DELETE CASCADE,
    ADD CHECK ((state = 'bundled') = (bundled_into IS NOT NULL));
CREATE INDEX deliveries_by_message ON deliveries (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX deliveries_by_bundle ON deliveries (bundled_into) WHERE bundled_into IS NOT NULL;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
