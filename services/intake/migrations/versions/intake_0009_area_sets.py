"""Sets of areas through time, begun with those of the programme in force; and areas that have ended.

`revision` rises with each set that is loaded or replaced, so that whoever serves them sees that they are others.
"""

from alembic import op

revision = "intake_0009"
down_revision = "intake_0008"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE SEQUENCE area_sets_revision;
CREATE TABLE area_sets (
    kind text NOT NULL CHECK (kind IN ('community', 'ward', 'cluster', 'boundary')),
    effective_from date NOT NULL,
    revision bigint NOT NULL UNIQUE DEFAULT nextval('area_sets_revision'),
    collection json NOT NULL,
    collection_sha256 bytea NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (kind, effective_from)
);
INSERT INTO area_sets (kind, effective_from, collection, collection_sha256, loaded_at)
SELECT DISTINCT ON (1, 2) f ->> 'kind', CAST(f ->> 'effective_from' AS date),
    p.document -> 'collections' -> (f ->> 'file'), '', p.loaded_at
FROM programmes p, json_array_elements(p.document -> 'sections' -> 'areas') WITH ORDINALITY AS t (f, place)
WHERE p.version = (SELECT max(version) FROM programmes)
ORDER BY 1, 2, t.place DESC;
ALTER TABLE areas ADD retired_on date CHECK (retired_on >= effective_from);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
