"""The business clock, outbox, positions, dead letters, alarms, idempotency keys."""

from alembic import op

revision = "shared_0001"
down_revision = None
branch_labels = ("shared",)
depends_on = None

STATEMENTS = """
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT transaction_timestamp()';

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    topic text NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL,
    value bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    set_aside_at timestamptz,
    set_aside_reason text
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE published_at IS NULL AND set_aside_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

CREATE TABLE relay_lease (
    id integer PRIMARY KEY CHECK (id = 1),
    holder uuid,
    token bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
INSERT INTO relay_lease VALUES (1, NULL, 0, '-infinity');

CREATE TABLE consumer_positions (
    cluster_id text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (cluster_id, topic, partition)
);

CREATE TABLE applied (
    topic text NOT NULL,
    root text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    PRIMARY KEY (topic, root)
);

CREATE TABLE dead_letters (
    id uuid PRIMARY KEY,
    cluster_id text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    value bytea,
    reason text NOT NULL,
    detail text NOT NULL,
    set_aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,
    settlement text CHECK (settlement IN ('replayed', 'discarded')),
    settled_by text,
    UNIQUE (cluster_id, topic, partition, record_offset),
    CHECK ((settled_at IS NULL) = (settlement IS NULL))
);
CREATE INDEX dead_letters_open ON dead_letters (set_aside_at) WHERE settled_at IS NULL;

CREATE TABLE consumer_stop (
    id integer PRIMARY KEY CHECK (id = 1),
    reason text NOT NULL,
    stopped_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE alarms (
    service text NOT NULL,
    alarm text NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('raised', 'acknowledged', 'cleared')),
    count bigint NOT NULL CHECK (count >= 0),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (service, alarm, subject)
);

CREATE TABLE idempotency_keys (
    principal text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_sha256 bytea NOT NULL,
    status integer NOT NULL,
    response jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (principal, route, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE heartbeats (
    role text PRIMARY KEY,
    beat_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
