"""The feed of what happens to incidents, for those who follow their list live; reports found by reference;
and the program office as one that decides who may see an incident.

The feed is written by the outbox: whatever publishes an event of an incident announces it, in the same statement and
without a round trip. A change of visibility is announced a second time as `gone`, for those who may not see it then.
"""

from alembic import op

revision = "intake_0004"
down_revision = "intake_0003"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION announce_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO feed_waiting (feed, subject, change, at)
    SELECT 'incidents', e.key, c.change, app_now()
    FROM events e
    CROSS JOIN LATERAL (SELECT split_part(e.headers ->> 'ce_type', '.', 4) AS said) t
    CROSS JOIN LATERAL unnest(CASE WHEN t.said = 'visibility_changed' THEN ARRAY[t.said, 'gone'] ELSE ARRAY[t.said] END)
        WITH ORDINALITY AS c (change, place)
    WHERE e.topic = 'intake.incidents'
    ORDER BY e.id, c.place;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.execute("INSERT INTO feed_heads (feed, position) VALUES ('incidents', 0)")
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER incidents_are_announced AFTER INSERT ON outbox REFERENCING NEW TABLE AS events "
        "FOR EACH STATEMENT EXECUTE FUNCTION announce_incidents()"
    )
    op.execute(
        "ALTER TABLE decisions DROP CONSTRAINT decisions_decided_as_check, ADD CONSTRAINT decisions_decided_as_check "
        "CHECK (decided_as IN ('dispatcher', 'supervisor', 'program_office', 'policy'))"
    )
    op.execute("CREATE INDEX reports_called ON reports (source_ref) WHERE source_ref IS NOT NULL")
