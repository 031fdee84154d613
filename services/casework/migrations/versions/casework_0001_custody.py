"""Participants, cases and their handoffs; the programme's rules and the follow-ups they ask for; projections."""

from alembic import op

revision = "casework_0001"
down_revision = None
branch_labels = ("casework",)
depends_on = None

PROJECTIONS = """
CREATE TABLE organizations (
    organization_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    coverage jsonb NOT NULL
);

CREATE TABLE workers (
    worker_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    organization_id uuid NOT NULL,
    active boolean NOT NULL
);

CREATE TABLE incidents (
    incident_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    state text NOT NULL,
    kind text NOT NULL,
    community text,
    juvenile_involved boolean,
    believed_group_related boolean,
    exercise boolean NOT NULL,
    activated_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    judged_by bigint
);
CREATE INDEX incidents_not_judged ON incidents (incident_id) WHERE judged_by IS NULL
"""

CUSTODY = """
CREATE TABLE participants (
    participant_id uuid PRIMARY KEY,
    community text CHECK (community ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    registered_by_organization uuid,
    registered_at timestamptz NOT NULL
);

CREATE TABLE cases (
    case_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    participant_id uuid NOT NULL REFERENCES participants,
    state text NOT NULL CHECK (state IN ('identified', 'outreach', 'engaged', 'closed')),
    community text CHECK (community ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    owner_organization uuid NOT NULL,
    owner_worker uuid,
    opened_at timestamptz NOT NULL,
    assigned_at timestamptz,
    closed_at timestamptz,
    CONSTRAINT cases_assigned_has_owner CHECK ((assigned_at IS NULL) = (owner_worker IS NULL)),
    CONSTRAINT cases_closed_at CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX cases_of_organization ON cases (owner_organization, case_id);
CREATE INDEX cases_of_worker ON cases (owner_worker, case_id);
CREATE INDEX cases_of_participant ON cases (participant_id);

CREATE TABLE handoffs (
    handoff_id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    case_id uuid NOT NULL REFERENCES cases,
    from_worker uuid NOT NULL,
    from_organization uuid NOT NULL,
    to_worker uuid NOT NULL,
    to_organization uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'accepted', 'rejected', 'revoked', 'expired')),
    reason text NOT NULL,
    rejection text,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT handoffs_to_somebody_else CHECK (from_worker <> to_worker),
    CONSTRAINT handoffs_settled_at CHECK ((state = 'requested') = (settled_at IS NULL)),
    CONSTRAINT handoffs_rejection CHECK ((state = 'rejected') = (rejection IS NOT NULL))
);
CREATE UNIQUE INDEX handoffs_one_open ON handoffs (case_id) WHERE state = 'requested';
CREATE INDEX handoffs_of_case ON handoffs (case_id, number);
CREATE INDEX handoffs_to_worker ON handoffs (to_worker, number);
CREATE INDEX handoffs_to_organization ON handoffs (to_organization, number)
"""

FOLLOW_UPS = """
CREATE TABLE programmes (
    version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme_id text NOT NULL,
    time_zone text NOT NULL,
    rules jsonb NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE programme_in_force (
    id integer PRIMARY KEY CHECK (id = 1),
    version bigint REFERENCES programmes
);
INSERT INTO programme_in_force VALUES (1, NULL);

CREATE TABLE follow_ups (
    follow_up_id uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incidents,
    kind text NOT NULL CHECK (kind ~ '^[a-z0-9_]{1,64}$'),
    state text NOT NULL CHECK (state IN ('open', 'completed', 'withdrawn')),
    exercise boolean NOT NULL,
    asked_by bigint NOT NULL REFERENCES programmes,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    completed_by text,
    CONSTRAINT follow_ups_once UNIQUE (incident_id, kind),
    CONSTRAINT follow_ups_settled_at CHECK ((state = 'open') = (settled_at IS NULL)),
    CONSTRAINT follow_ups_completed_by CHECK ((state = 'completed') = (completed_by IS NOT NULL))
);
CREATE INDEX follow_ups_due ON follow_ups (due_at, follow_up_id) WHERE state = 'open'
"""

# Neither a mistake in code nor a hand on the database leaves a case without somebody responsible.
OWNER_STAYS = (
    """
CREATE FUNCTION refuse_ownerless_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a case that was assigned keeps an owner'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_never_ownerless';
END $$
""",
    """
CREATE TRIGGER cases_never_ownerless BEFORE UPDATE ON cases FOR EACH ROW
WHEN (OLD.owner_worker IS NOT NULL AND NEW.owner_worker IS NULL) EXECUTE FUNCTION refuse_ownerless_case()
""",
)


def upgrade() -> None:
    for group in (PROJECTIONS, CUSTODY, FOLLOW_UPS):
        for statement in group.split(";\n"):
            op.execute(statement)
    for statement in OWNER_STAYS:
        op.execute(statement)
