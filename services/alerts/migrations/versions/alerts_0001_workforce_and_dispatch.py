"""Workforce, dispatches, offers, assignments, pages, endpoints and deliveries.

The two rules that must hold whatever the code does are indexes: at most one open offer and at most one active
assignment per interrupter.
"""

from alembic import op

revision = "alerts_0001"
down_revision = None
branch_labels = ("alerts",)
depends_on = None

STATEMENTS = """
CREATE TABLE communities (
    area_id text PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL
);

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL UNIQUE,
    subcontractor_of uuid REFERENCES organizations (id)
);
CREATE TABLE coverage (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    community text NOT NULL,
    from_day date NOT NULL,
    until_day date CHECK (until_day > from_day),
    PRIMARY KEY (organization_id, community, from_day)
);
CREATE INDEX coverage_by_community ON coverage (community);

CREATE TABLE interrupters (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    call_sign text NOT NULL UNIQUE,
    roles text[] NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['scene', 'hospital', 'family']),
    team_community text,
    floater boolean NOT NULL,
    active boolean NOT NULL,
    on_duty boolean NOT NULL,
    available_since timestamptz NOT NULL,
    home_lat double precision NOT NULL CHECK (home_lat BETWEEN -90 AND 90),
    home_lon double precision NOT NULL CHECK (home_lon BETWEEN -180 AND 180),
    position_lat double precision CHECK (position_lat BETWEEN -90 AND 90),
    position_lon double precision CHECK (position_lon BETWEEN -180 AND 180),
    position_at timestamptz,
    last_offered_at timestamptz,
    last_cleared_at timestamptz,
    CHECK ((position_lat IS NULL) = (position_at IS NULL) AND (position_lon IS NULL) = (position_at IS NULL))
);
CREATE TABLE licences (
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    community text NOT NULL,
    from_day date NOT NULL,
    until_day date CHECK (until_day > from_day),
    PRIMARY KEY (interrupter_id, community, from_day)
);
CREATE TABLE conflicts_of_interest (
    id uuid PRIMARY KEY,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    community text,
    incident_id uuid,
    reason text NOT NULL CHECK (reason IN ('kin', 'party', 'former_member', 'other')),
    expires_at timestamptz NOT NULL,
    CHECK ((community IS NULL) <> (incident_id IS NULL))
);
CREATE INDEX conflicts_of_interest_by_interrupter ON conflicts_of_interest (interrupter_id);

CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    owner_kind text NOT NULL CHECK (owner_kind IN ('interrupter', 'supervisor', 'duty_dispatcher')),
    owner_id uuid,
    url text NOT NULL,
    secret_sealed bytea NOT NULL,
    enabled boolean NOT NULL,
    disabled_reason text,
    created_at timestamptz NOT NULL,
    CHECK ((owner_kind = 'duty_dispatcher') = (owner_id IS NULL))
);
CREATE UNIQUE INDEX one_enabled_endpoint_per_person ON webhook_endpoints (owner_id)
    WHERE enabled AND owner_kind = 'interrupter';
CREATE INDEX endpoints_by_owner ON webhook_endpoints (owner_kind, owner_id) WHERE enabled;

CREATE TABLE policies (
    name text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    body jsonb NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE TABLE dispatches (
    incident_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'staffed', 'exhausted', 'closed', 'stood_down')),
    community text,
    incident jsonb NOT NULL,
    incident_version bigint NOT NULL,
    policy_name text NOT NULL,
    policy_version integer NOT NULL,
    policy jsonb NOT NULL,
    activated_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    exhausted_count integer NOT NULL,
    reconsider_at timestamptz,
    CHECK ((state IN ('closed', 'stood_down')) = (closed_at IS NOT NULL)),
    CHECK ((state = 'exhausted') = (reconsider_at IS NOT NULL))
);
CREATE INDEX dispatches_to_reconsider ON dispatches (reconsider_at) WHERE reconsider_at IS NOT NULL;
CREATE INDEX dispatches_by_opening ON dispatches (opened_at, incident_id);

CREATE TABLE reconsideration_requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE rankings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES dispatches (incident_id),
    role text NOT NULL,
    at timestamptz NOT NULL,
    cause text NOT NULL,
    ranked jsonb NOT NULL,
    left_out jsonb NOT NULL
);
CREATE INDEX rankings_by_incident ON rankings (incident_id, id);

CREATE TABLE offers (
    id uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES dispatches (incident_id),
    role text NOT NULL,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    tier text NOT NULL,
    distance_m double precision NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'accepted', 'declined', 'expired', 'undeliverable',
                                         'taken', 'withdrawn')),
    made_at timestamptz NOT NULL,
    undelivered_by timestamptz NOT NULL,
    acknowledge_by timestamptz NOT NULL,
    accept_by timestamptz NOT NULL,
    next_action_at timestamptz,
    bypassed_at timestamptz,
    first_attempt_at timestamptz,
    delivered_at timestamptz,
    acknowledged_at timestamptz,
    settled_at timestamptz,
    decline_reason text,
    CHECK ((state IN ('open', 'acknowledged')) = (settled_at IS NULL)),
    CHECK ((state IN ('open', 'acknowledged')) = (next_action_at IS NOT NULL)),
    CHECK ((state = 'declined') = (decline_reason IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_offer_per_interrupter ON offers (interrupter_id) WHERE state IN ('open', 'acknowledged');
CREATE INDEX offers_due ON offers (next_action_at) WHERE state IN ('open', 'acknowledged');
CREATE INDEX offers_by_incident ON offers (incident_id);
CREATE INDEX offers_by_interrupter ON offers (interrupter_id, made_at);

CREATE TABLE assignments (
    id uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES dispatches (incident_id),
    offer_id uuid NOT NULL UNIQUE REFERENCES offers (id),
    role text NOT NULL,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    state text NOT NULL CHECK (state IN ('accepted', 'en_route', 'on_scene', 'cleared', 'stood_down', 'reassigned')),
    accepted_at timestamptz NOT NULL,
    en_route_at timestamptz,
    on_scene_at timestamptz,
    ended_at timestamptz,
    CHECK ((state IN ('cleared', 'stood_down', 'reassigned')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_active_assignment_per_interrupter ON assignments (interrupter_id)
    WHERE state IN ('accepted', 'en_route', 'on_scene');
CREATE INDEX assignments_by_incident ON assignments (incident_id);

CREATE TABLE pages (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('exhausted', 'alarm')),
    subject text NOT NULL,
    incident_id uuid,
    state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'cleared')),
    round integer NOT NULL,
    repeat_s integer NOT NULL CHECK (repeat_s > 0),
    raised_at timestamptz NOT NULL,
    next_action_at timestamptz,
    settled_at timestamptz,
    settled_by text,
    CHECK ((state = 'open') = (next_action_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_page_per_subject ON pages (kind, subject) WHERE state = 'open';
CREATE INDEX pages_due ON pages (next_action_at) WHERE state = 'open';

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    class text NOT NULL CHECK (class IN ('urgent', 'durable')),
    kind text NOT NULL,
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id),
    incident_id uuid,
    offer_id uuid REFERENCES offers (id),
    page_id uuid REFERENCES pages (id),
    body bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'attempting', 'delivered', 'retry_scheduled', 'dead',
                                         'cancelled')),
    attempts integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_attempt_at timestamptz,
    lease_until timestamptz,
    first_attempt_at timestamptz,
    settled_at timestamptz,
    last_outcome text,
    CHECK ((state IN ('pending', 'retry_scheduled')) = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'attempting') = (lease_until IS NOT NULL))
);
CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE state IN ('pending', 'retry_scheduled');
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'attempting';
CREATE INDEX deliveries_by_offer ON deliveries (offer_id);

CREATE TABLE delivery_attempts (
    delivery_id uuid NOT NULL REFERENCES deliveries (id),
    number integer NOT NULL,
    at timestamptz NOT NULL,
    took_ms integer NOT NULL,
    outcome text NOT NULL,
    status integer,
    PRIMARY KEY (delivery_id, number)
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
