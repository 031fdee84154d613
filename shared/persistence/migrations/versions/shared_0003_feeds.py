"""Feeds: what has changed, in one order that everybody sees alike, for those who follow a list live.

Writers leave rows in `feed_waiting`; one numberer at a time moves them to `feed_entries` under the next positions.
"""

from alembic import op

revision = "shared_0003"
down_revision = "shared_0002"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE feed_heads (
    feed text PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0)
);
CREATE TABLE feed_waiting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed text NOT NULL,
    subject text NOT NULL,
    change text NOT NULL,
    at timestamptz NOT NULL
);
CREATE TABLE feed_entries (
    feed text NOT NULL,
    position bigint NOT NULL,
    subject text NOT NULL,
    change text NOT NULL,
    at timestamptz NOT NULL,
    numbered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (feed, position)
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
