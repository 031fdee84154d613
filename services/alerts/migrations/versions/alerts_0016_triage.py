"""The triage owed after each activation, the response plan that comes of it, and what somebody is to do by a day.

`dispatches.triage` is what events tell of it, written under the dispatch's lock with every change.
"""

from alembic import op

revision = "alerts_0016"
down_revision = "alerts_0015"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE dispatches ADD COLUMN triage jsonb NOT NULL DEFAULT '{}';
CREATE TABLE triages (
    incident_id uuid PRIMARY KEY REFERENCES dispatches (incident_id),
    version bigint NOT NULL CHECK (version >= 1),
    state text NOT NULL CHECK (state IN ('due', 'held', 'withdrawn')),
    exercise boolean NOT NULL,
    due_at timestamptz NOT NULL,
    next_action_at timestamptz,
    reminded_at timestamptz,
    held_at timestamptz,
    recorded_at timestamptz,
    recorded_by text,
    meeting jsonb,
    CONSTRAINT held_is_recorded CHECK ((state = 'held') = (held_at IS NOT NULL)
        AND (held_at IS NULL) = (recorded_at IS NULL) AND (held_at IS NULL) = (recorded_by IS NULL)
        AND (held_at IS NULL) = (meeting IS NULL)),
    CONSTRAINT only_due_ones_go_on CHECK (state = 'due' OR next_action_at IS NULL),
    CONSTRAINT exercises_call_nobody CHECK (NOT exercise OR next_action_at IS NULL)
);
CREATE INDEX triages_next ON triages (next_action_at) WHERE next_action_at IS NOT NULL;
CREATE INDEX triages_by_due ON triages (due_at, incident_id);
CREATE TABLE response_plans (
    incident_id uuid NOT NULL REFERENCES triages (incident_id),
    number integer NOT NULL CHECK (number >= 1),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    risk jsonb NOT NULL,
    steps jsonb NOT NULL,
    PRIMARY KEY (incident_id, number)
);
CREATE TABLE plan_steps (
    id uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES triages (incident_id),
    place integer NOT NULL CHECK (place >= 0),
    owner_id uuid NOT NULL REFERENCES interrupters (id),
    action text NOT NULL,
    due_on date NOT NULL,
    done_at timestamptz,
    done_by text,
    CHECK ((done_at IS NULL) = (done_by IS NULL))
);
CREATE INDEX plan_steps_by_incident ON plan_steps (incident_id, place);
INSERT INTO triages (incident_id, version, state, exercise, due_at, next_action_at)
SELECT incident_id, 1, 'due', (incident ->> 'exercise')::boolean, due_at,
       CASE WHEN NOT (incident ->> 'exercise')::boolean THEN due_at - interval '4 hours' END
FROM (SELECT *, activated_at + make_interval(secs => coalesce(CAST(policy #>> '{targets,triage_s}' AS double precision),
                                                              86400)) AS due_at FROM dispatches) d
WHERE state <> 'stood_down' AND due_at > app_now();
UPDATE dispatches d SET triage = jsonb_build_object('state', 'due', 'due_at', t.due_at)
FROM triages t WHERE t.incident_id = d.incident_id;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
