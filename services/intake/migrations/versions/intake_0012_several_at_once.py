"""`look_around_each` looks around several reports in one round trip: it locks first, and looks only then.

All references in order, then all cells in order, as whoever looks around one report takes them too. Of one report
alone nothing is locked here: `look_around` itself does, and not at all where it was said word for word before.
"""

from alembic import op

revision = "intake_0012"
down_revision = "intake_0011"
branch_labels = None
depends_on = None

LOOK_AROUND_EACH = """
CREATE FUNCTION look_around_each(p_asked jsonb)
RETURNS TABLE (
    number integer, what text, report_id uuid, incident_id uuid, home uuid, state text, kind text, weapon text,
    relationship text, source_kind text, occurred_at timestamptz, occurred_precision text, reported_at timestamptz,
    lat double precision, lon double precision, accuracy_m double precision, exercise boolean, restricted boolean,
    numbered boolean)
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
    op.execute(LOOK_AROUND_EACH)
