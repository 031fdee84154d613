"""Facts, dimensions, event counts and the programme's parameters."""

from alembic import op

revision = "reporting_0001"
down_revision = None
branch_labels = ("reporting",)
depends_on = None

STATEMENTS = """
CREATE TABLE incident_facts (
    incident_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    state text NOT NULL,
    kind text NOT NULL,
    occurred_at timestamptz NOT NULL,
    occurred_precision text NOT NULL,
    reported_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    activated_at timestamptz,
    community text,
    ward text,
    cluster text,
    injured integer CHECK (injured >= 0),
    killed integer CHECK (killed >= 0),
    screened_out_reason text,
    exercise boolean NOT NULL
);
CREATE INDEX incident_facts_occurred ON incident_facts (occurred_at) WHERE NOT exercise;
CREATE INDEX incident_facts_activated ON incident_facts (activated_at) WHERE NOT exercise AND activated_at IS NOT NULL;

CREATE TABLE dispatch_facts (
    incident_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    state text NOT NULL,
    community text,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    exhausted_count integer NOT NULL CHECK (exhausted_count >= 0),
    first_attempt_at timestamptz,
    acknowledged_at timestamptz,
    accepted_at timestamptz,
    on_scene_at timestamptz,
    exercise boolean NOT NULL
);
CREATE INDEX dispatch_facts_opened ON dispatch_facts (opened_at) WHERE NOT exercise;

CREATE TABLE offer_facts (
    offer_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    incident_id uuid NOT NULL REFERENCES dispatch_facts,
    interrupter_id uuid NOT NULL,
    role text NOT NULL,
    tier text NOT NULL,
    state text NOT NULL,
    decline_reason text,
    community text,
    made_at timestamptz NOT NULL,
    exercise boolean NOT NULL
);
CREATE INDEX offer_facts_incident ON offer_facts (incident_id);
CREATE INDEX offer_facts_made ON offer_facts (made_at) WHERE NOT exercise;

CREATE TABLE assignment_facts (
    assignment_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    incident_id uuid NOT NULL REFERENCES dispatch_facts,
    interrupter_id uuid NOT NULL,
    role text NOT NULL,
    state text NOT NULL,
    community text,
    accepted_at timestamptz NOT NULL,
    en_route_at timestamptz,
    on_scene_at timestamptz,
    cleared_at timestamptz,
    exercise boolean NOT NULL
);
CREATE INDEX assignment_facts_incident ON assignment_facts (incident_id);
CREATE INDEX assignment_facts_accepted ON assignment_facts (accepted_at) WHERE NOT exercise;

CREATE TABLE case_facts (
    case_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    state text NOT NULL,
    community text,
    owner_organization uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz
);

CREATE TABLE handoff_facts (
    handoff_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    case_id uuid NOT NULL REFERENCES case_facts,
    state text NOT NULL,
    reason text NOT NULL,
    to_organization uuid NOT NULL,
    community text,
    requested_at timestamptz NOT NULL,
    settled_at timestamptz
);
CREATE INDEX handoff_facts_case ON handoff_facts (case_id);
CREATE INDEX handoff_facts_requested ON handoff_facts (requested_at);

CREATE TABLE alarm_facts (
    service text NOT NULL,
    alarm text NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    state text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (service, alarm, subject, version)
);
CREATE INDEX alarm_facts_raised ON alarm_facts (at) WHERE state = 'raised';

CREATE TABLE area_dimension (
    kind text NOT NULL,
    area_id text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    name text NOT NULL,
    effective_from date NOT NULL,
    PRIMARY KEY (kind, area_id)
);

CREATE TABLE organization_dimension (
    organization_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    name text NOT NULL,
    subcontractor_of uuid
);

CREATE TABLE worker_dimension (
    worker_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    organization_id uuid NOT NULL,
    team_community text,
    floater boolean NOT NULL,
    active boolean NOT NULL
);

CREATE TABLE event_counts (
    quarter_hour timestamptz NOT NULL,
    topic text NOT NULL,
    type text NOT NULL,
    exercise boolean NOT NULL,
    count bigint NOT NULL CHECK (count >= 1),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (quarter_hour, topic, type, exercise)
);

CREATE TABLE programme (
    id integer PRIMARY KEY CHECK (id = 1),
    programme_id text NOT NULL,
    time_zone text NOT NULL,
    targets_s jsonb NOT NULL
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
