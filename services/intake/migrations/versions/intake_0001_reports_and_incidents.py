"""The programme in force, areas, reports, incidents, what people decided about them, and the response to them.

One reference of one source is one incident, and one content under it one report, whatever the code does: two unique
indexes decide. An activated incident has its time; a screened-out one its reason.
"""

from alembic import op

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)
depends_on = None

STATEMENTS = """
CREATE TABLE programmes (
    version bigint PRIMARY KEY CHECK (version >= 1),
    document_sha256 bytea NOT NULL,
    document json NOT NULL,
    loaded_at timestamptz NOT NULL
);

CREATE TABLE areas (
    kind text NOT NULL CHECK (kind IN ('community', 'ward', 'cluster', 'boundary')),
    area_id text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    name text NOT NULL,
    effective_from date NOT NULL,
    PRIMARY KEY (kind, area_id)
);

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    state text NOT NULL CHECK (state IN ('reported', 'verified', 'activated', 'closed', 'screened_out', 'merged')),
    kind text NOT NULL CHECK (kind IN ('shooting', 'homicide', 'stabbing', 'shots_fired', 'armed_robbery', 'assault',
                                       'threat', 'other')),
    source text NOT NULL,
    source_ref text,
    programme_version bigint NOT NULL REFERENCES programmes (version),
    occurred_at timestamptz NOT NULL,
    occurred_precision text NOT NULL CHECK (occurred_precision IN ('minute', 'hour', 'day')),
    reported_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    activatable_until timestamptz NOT NULL,
    obstacles text[] NOT NULL,
    activated_at timestamptz,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    accuracy_m double precision CHECK (accuracy_m >= 0 AND accuracy_m < 'Infinity'),
    community text,
    community_name text,
    community_distance_m double precision CHECK (community_distance_m >= 0),
    ward text,
    cluster text,
    injured integer CHECK (injured >= 0),
    killed integer CHECK (killed >= 0),
    weapon text NOT NULL CHECK (weapon IN ('firearm', 'knife', 'other', 'unknown')),
    relationship text NOT NULL CHECK (relationship IN ('group', 'stranger', 'acquaintance', 'family',
                                                       'intimate_partner', 'unknown')),
    juvenile_involved boolean,
    believed_group_related boolean,
    active_threat boolean NOT NULL,
    exercise boolean NOT NULL,
    screened_out_reason text CHECK (screened_out_reason IN ('out_of_scope', 'unfounded', 'duplicate')),
    route text,
    report_count integer NOT NULL CHECK (report_count >= 1),
    sources text[] NOT NULL
        CHECK (cardinality(sources) >= 1 AND sources <@ ARRAY['police', 'hospital', 'resident', 'sensor', 'staff']),
    CHECK ((state = 'screened_out') = (screened_out_reason IS NOT NULL)),
    CHECK (state NOT IN ('activated', 'closed') OR activated_at IS NOT NULL),
    CHECK ((community IS NULL) = (community_name IS NULL) AND (community IS NULL) = (community_distance_m IS NULL)),
    CHECK (killed IS NULL OR (killed > 0 AND kind IN ('homicide', 'other')) OR (killed = 0 AND kind <> 'homicide'))
);
CREATE UNIQUE INDEX incidents_source_ref ON incidents (source, source_ref) WHERE source_ref IS NOT NULL;
CREATE INDEX incidents_newest ON incidents (opened_at DESC, id DESC);
CREATE INDEX incidents_of_community ON incidents (community, opened_at DESC, id DESC);
CREATE INDEX incidents_undecided ON incidents (activatable_until) WHERE state IN ('reported', 'verified');

CREATE TABLE reports (
    id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    incident_id uuid NOT NULL REFERENCES incidents (id),
    source text NOT NULL,
    source_kind text NOT NULL CHECK (source_kind IN ('police', 'hospital', 'resident', 'sensor', 'staff')),
    source_ref text,
    body json NOT NULL,
    content_sha256 bytea NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX reports_content ON reports (source, source_ref, content_sha256) WHERE source_ref IS NOT NULL;
CREATE INDEX reports_of_incident ON reports (incident_id, position);

CREATE TABLE decisions (
    incident_id uuid NOT NULL REFERENCES incidents (id),
    version bigint NOT NULL,
    decision text NOT NULL CHECK (decision IN ('verify', 'activate', 'reclassify', 'screen_out', 'close')),
    reason text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (incident_id, version)
);

CREATE TABLE responses (
    incident_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    dispatch_state text NOT NULL CHECK (dispatch_state IN ('open', 'staffed', 'exhausted', 'closed', 'stood_down')),
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    exhausted_count integer NOT NULL CHECK (exhausted_count >= 0),
    offers integer NOT NULL CHECK (offers >= 0),
    accepted integer NOT NULL CHECK (accepted >= 0),
    on_scene integer NOT NULL CHECK (on_scene >= 0),
    first_attempt_at timestamptz,
    first_acknowledged_at timestamptz,
    first_accepted_at timestamptz,
    first_on_scene_at timestamptz
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
