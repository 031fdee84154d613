"""The same number of another source of the same kind: one case in two systems.

Of the functions only what they return is new. Processes of the version before go on: they do not look at the column.
"""

from alembic import op

revision = "intake_0014"
down_revision = "intake_0013"
branch_labels = None
depends_on = None

ARGUMENTS = (
    "text, text, bytea, integer[], integer[], integer[], double precision, double precision, double precision, "
    "double precision, timestamptz, timestamptz, boolean, timestamptz, text"
)
LOOK_AROUND = """
CREATE FUNCTION look_around(
    p_source text, p_source_ref text, p_content bytea, p_locked_cells integer[], p_locked_days integer[],
    p_cells integer[], p_lat double precision, p_lon double precision, p_north double precision,
    p_east double precision, p_since timestamptz, p_until timestamptz, p_exercise boolean, p_at timestamptz,
    p_source_kind text)
RETURNS TABLE (
    what text, report_id uuid, incident_id uuid, home uuid, state text, kind text, weapon text, relationship text,
    source_kind text, occurred_at timestamptz, occurred_precision text, reported_at timestamptz,
    lat double precision, lon double precision, accuracy_m double precision, exercise boolean, restricted boolean,
    numbered boolean, same_number boolean)
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
        p_source_ref IS NOT NULL AND EXISTS (
            SELECT FROM reports r WHERE r.incident_id = i.id AND r.source = p_source
              AND r.source_kind = p_source_kind AND r.source_ref IS NOT NULL),
        EXISTS (
            SELECT FROM reports r WHERE r.incident_id = i.id AND r.source <> p_source
              AND r.source_kind = p_source_kind AND r.source_ref = p_source_ref)
    FROM incidents i
    JOIN incidents s ON s.id = CASE WHEN i.merged_into IS NULL THEN i.id ELSE surviving_incident(i.id) END
    WHERE i.cell = ANY (p_cells) AND i.occurred_at BETWEEN p_since AND p_until AND i.exercise = p_exercise
      AND abs(i.lat - p_lat) <= p_north AND abs(i.lon - p_lon) <= p_east
    ORDER BY abs(extract(epoch FROM i.occurred_at - p_at)) LIMIT 50;
END $$
"""
LOOK_AROUND_EACH = """
CREATE FUNCTION look_around_each(p_asked jsonb)
RETURNS TABLE (
    number integer, what text, report_id uuid, incident_id uuid, home uuid, state text, kind text, weapon text,
    relationship text, source_kind text, occurred_at timestamptz, occurred_precision text, reported_at timestamptz,
    lat double precision, lon double precision, accuracy_m double precision, exercise boolean, restricted boolean,
    numbered boolean, same_number boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    IF jsonb_array_length(p_asked) > 1 THEN
        PERFORM pg_advisory_xact_lock(key) FROM (
            SELECT DISTINCT hashtextextended(source || chr(31) || source_ref, 0) AS key
            FROM jsonb_to_recordset(p_asked) AS asked (source text, source_ref text)
            WHERE source_ref IS NOT NULL ORDER BY key
        ) AS ordered;
        PERFORM pg_advisory_xact_lock(cell, day) FROM (
            SELECT DISTINCT cell, day
            FROM jsonb_to_recordset(p_asked) AS asked (locked_cells integer[], locked_days integer[])
            CROSS JOIN LATERAL unnest(locked_cells, locked_days) AS near (cell, day)
            ORDER BY cell, day
        ) AS ordered;
    END IF;
    RETURN QUERY SELECT asked.number, around.* FROM jsonb_to_recordset(p_asked) AS asked (
        number integer, source text, told_by text, source_ref text, content text, locked_cells integer[],
        locked_days integer[], cells integer[], lat float8, lon float8, north float8, east float8, since timestamptz,
        until timestamptz, exercise boolean, occurred_at timestamptz)
    CROSS JOIN LATERAL look_around(source, source_ref, decode(content, 'hex'), locked_cells, locked_days, cells,
        asked.lat, asked.lon, north, east, since, until, asked.exercise, asked.occurred_at, told_by) AS around;
END $$
"""


def upgrade() -> None:
    op.execute("DROP FUNCTION look_around_each (jsonb)")
    op.execute(f"DROP FUNCTION look_around ({ARGUMENTS})")
    op.execute(LOOK_AROUND)
    op.execute(LOOK_AROUND_EACH)
