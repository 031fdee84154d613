"""Shifts, what differs from them on a day, who has taken over whose, and the time somebody was really on duty.

`duty_next_at` is when the plan next changes somebody's duty: the engine's work queue. `week_worked_s` is kept with
`week_began` so that a decision need not add up spans.
"""

from alembic import op

revision = "alerts_0006"
down_revision = "alerts_0005"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE interrupters
    ADD COLUMN duty_word boolean,
    ADD COLUMN duty_word_at timestamptz,
    ADD COLUMN duty_next_at timestamptz,
    ADD COLUMN week_began timestamptz,
    ADD COLUMN week_worked_s double precision NOT NULL DEFAULT 0 CHECK (week_worked_s >= 0),
    ADD CHECK ((duty_word IS NULL) = (duty_word_at IS NULL));
CREATE INDEX interrupters_duty_due ON interrupters (duty_next_at) WHERE duty_next_at IS NOT NULL;

CREATE TABLE duty_spans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    began_at timestamptz NOT NULL,
    ended_at timestamptz CHECK (ended_at >= began_at)
);
CREATE UNIQUE INDEX one_open_duty_span_per_interrupter ON duty_spans (interrupter_id) WHERE ended_at IS NULL;
CREATE INDEX duty_spans_by_interrupter ON duty_spans (interrupter_id, began_at);

CREATE TABLE shifts (
    id uuid PRIMARY KEY,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    weekday integer CHECK (weekday BETWEEN 1 AND 7),
    from_day date NOT NULL,
    until_day date CHECK (until_day >= from_day),
    starts time NOT NULL,
    ends time NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL
);
CREATE INDEX shifts_by_interrupter ON shifts (interrupter_id);

CREATE TABLE duty_overrides (
    id uuid PRIMARY KEY,
    interrupter_id uuid NOT NULL REFERENCES interrupters (id),
    kind text NOT NULL CHECK (kind IN ('extra', 'absence')),
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > begins_at),
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    cancelled_by text,
    cancelled_at timestamptz,
    CHECK ((cancelled_by IS NULL) = (cancelled_at IS NULL))
);
CREATE INDEX duty_overrides_by_interrupter ON duty_overrides (interrupter_id, ends_at) WHERE cancelled_at IS NULL;

CREATE TABLE shift_trades (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('requested', 'effective', 'declined', 'withdrawn')),
    giver_id uuid NOT NULL REFERENCES interrupters (id),
    giver_shift uuid NOT NULL REFERENCES shifts (id),
    giver_day date NOT NULL,
    taker_id uuid NOT NULL REFERENCES interrupters (id) CHECK (taker_id <> giver_id),
    taker_shift uuid REFERENCES shifts (id),
    taker_day date,
    lapses_at timestamptz NOT NULL,
    requested_by uuid REFERENCES interrupters (id) CHECK (requested_by IN (giver_id, taker_id)),
    requested_at timestamptz NOT NULL,
    settled_by text,
    settled_at timestamptz,
    CHECK ((taker_shift IS NULL) = (taker_day IS NULL)),
    CHECK ((state = 'requested') = (settled_at IS NULL)),
    CHECK ((settled_by IS NULL) = (settled_at IS NULL))
);
CREATE INDEX shift_trades_by_giver ON shift_trades (giver_id);
CREATE INDEX shift_trades_by_taker ON shift_trades (taker_id);

CREATE TABLE shift_holders (
    shift_id uuid NOT NULL REFERENCES shifts (id),
    day date NOT NULL,
    holder_id uuid NOT NULL REFERENCES interrupters (id),
    trade_id uuid NOT NULL REFERENCES shift_trades (id),
    PRIMARY KEY (shift_id, day)
);
CREATE INDEX shift_holders_by_holder ON shift_holders (holder_id, day);

UPDATE interrupters SET duty_word = true, duty_word_at = available_since WHERE on_duty;
INSERT INTO duty_spans (interrupter_id, began_at) SELECT id, available_since FROM interrupters WHERE on_duty;
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
