"""One event, one incident: where to look for what a report may be telling of, and the pairs that nobody is sure about.

`look_around` is one round trip: it locks first and looks then, which no single statement can, since a statement sees
what was there when it began. A pair is kept once, the lesser id first.
"""

from alembic import op

revision = "intake_0007"
down_revision = "intake_0006"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE incidents
    ADD cell integer GENERATED ALWAYS AS (floor(lat * 100)::integer * 100000 + floor(lon * 100)::integer) STORED;
CREATE INDEX incidents_around ON incidents (cell, occurred_at);
CREATE INDEX reports_words ON reports (source, content_sha256) WHERE source_ref IS NULL;

CREATE TABLE possible_duplicates (
    one_id uuid NOT NULL REFERENCES incidents (id),
    other_id uuid NOT NULL REFERENCES incidents (id),
    distance_m double precision NOT NULL CHECK (distance_m >= 0),
    apart_s double precision NOT NULL CHECK (apart_s >= 0),
    doubts text[] NOT NULL CHECK (cardinality(doubts) >= 1),
    noted_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'merged', 'not_duplicate')),
    reason text,
    settled_by text,
    settled_at timestamptz,
    PRIMARY KEY (one_id, other_id),
    CHECK (one_id < other_id),
    CHECK ((state = 'open') = (settled_at IS NULL) AND (state = 'open') = (settled_by IS NULL))
);
CREATE INDEX possible_duplicates_of_other ON possible_duplicates (other_id);
CREATE INDEX possible_duplicates_open ON possible_duplicates (one_id, other_id) WHERE state = 'open';
"""

SURVIVOR = """
CREATE FUNCTION surviving_incident(asked uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
WITH RECURSIVE chain AS (
    SELECT id, merged_into FROM incidents WHERE id = asked
    UNION ALL SELECT i.id, i.merged_into FROM chain JOIN incidents i ON i.id = chain.merged_into
) SELECT id FROM chain WHERE merged_into IS NULL $$
"""

TREE = """
CREATE FUNCTION incident_tree(asked uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
WITH RECURSIVE tree AS (
    SELECT asked AS id UNION ALL SELECT i.id FROM tree JOIN incidents i ON i.merged_into = tree.id
) SELECT id FROM tree $$
"""

LOOK_AROUND = """
CREATE FUNCTION look_around(
    p_source text, p_source_ref text, p_content bytea, p_locked_cells integer[], p_locked_days integer[],
    p_cells integer[], p_lat double precision, p_lon double precision, p_north double precision,
    p_east double precision, p_since timestamptz, p_until timestamptz, p_exercise boolean, p_at timestamptz)
RETURNS TABLE (
    what text, report_id uuid, incident_id uuid, home uuid, state text, kind text, weapon text, relationship text,
    source_kind text, occurred_at timestamptz, occurred_precision text, reported_at timestamptz,
    lat double precision, lon double precision, accuracy_m double precision, exercise boolean, restricted boolean,
    heard_from boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    said record;
BEGIN
    FOR attempt IN 1..2 LOOP
        IF p_source_ref IS NULL THEN
            SELECT r.id, r.incident_id INTO said FROM reports r
            WHERE r.source = p_source AND r.source_ref IS NULL AND r.content_sha256 = p_content LIMIT 1;
        ELSE
            SELECT r.id, r.incident_id INTO said FROM reports r
            WHERE r.source = p_source AND r.source_ref = p_source_ref AND r.content_sha256 = p_content;
        END IF;
        IF FOUND THEN
            what := 'said'; report_id := said.id; home := said.incident_id;
            incident_id := surviving_incident(said.incident_id);
            RETURN NEXT;
            RETURN;
        END IF;
        IF attempt = 1 THEN
            IF p_source_ref IS NOT NULL THEN
                PERFORM pg_advisory_xact_lock(hashtextextended(p_source || chr(31) || p_source_ref, 0));
            END IF;
            PERFORM pg_advisory_xact_lock(locked.cell, locked.day)
            FROM unnest(p_locked_cells, p_locked_days) AS locked (cell, day);
        END IF;
    END LOOP;

    IF p_source_ref IS NOT NULL THEN
        SELECT r.incident_id INTO said FROM reports r
        WHERE r.source = p_source AND r.source_ref = p_source_ref ORDER BY r.position DESC LIMIT 1;
        IF FOUND THEN
            what := 'named'; home := said.incident_id; incident_id := surviving_incident(said.incident_id);
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;

    RETURN QUERY
    SELECT 'near', NULL::uuid, s.id, i.id, s.state, i.kind, i.weapon, i.relationship, i.sources[1], i.occurred_at,
        i.occurred_precision, i.reported_at, i.lat, i.lon, i.accuracy_m, i.exercise, s.restricted,
        EXISTS (SELECT FROM reports r WHERE r.incident_id = i.id AND r.source = p_source)
    FROM incidents i
    JOIN incidents s ON s.id = CASE WHEN i.merged_into IS NULL THEN i.id ELSE surviving_incident(i.id) END
    WHERE i.cell = ANY (p_cells) AND i.occurred_at BETWEEN p_since AND p_until AND i.exercise = p_exercise
      AND abs(i.lat - p_lat) <= p_north AND abs(i.lon - p_lon) <= p_east
    ORDER BY abs(extract(epoch FROM i.occurred_at - p_at)) LIMIT 50;
END $$
"""


def upgrade() -> None:
    for statement in [*STATEMENTS.split(";\n"), SURVIVOR, TREE, LOOK_AROUND]:
        if statement.strip():
            op.execute(statement)
