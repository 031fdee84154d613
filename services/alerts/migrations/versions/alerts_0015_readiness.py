"""Readiness: when rosters were looked at, who on duty is not reached and since when, tests and what came of them."""

from alembic import op

revision = "alerts_0015"
down_revision = "alerts_0014"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE communities ADD COLUMN roster_looked_at timestamptz;
CREATE TABLE unreached_people (
    interrupter_id uuid PRIMARY KEY REFERENCES interrupters (id),
    since timestamptz NOT NULL
);
CREATE TABLE test_pages (
    id uuid PRIMARY KEY,
    sent_by text NOT NULL,
    sent_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL,
    CHECK (answer_by > sent_at)
);
CREATE TABLE test_page_people (
    test_page_id uuid NOT NULL REFERENCES test_pages (id),
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    messages integer NOT NULL CHECK (messages >= 0),
    acknowledged_at timestamptz,
    PRIMARY KEY (test_page_id, interrupter_id)
);
CREATE TABLE test_page_deliveries (
    delivery_id uuid PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
    test_page_id uuid NOT NULL,
    interrupter_id uuid NOT NULL,
    FOREIGN KEY (test_page_id, interrupter_id) REFERENCES test_page_people (test_page_id, interrupter_id)
);
CREATE INDEX test_page_deliveries_by_person ON test_page_deliveries (interrupter_id);
CREATE INDEX test_page_deliveries_by_test ON test_page_deliveries (test_page_id);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
