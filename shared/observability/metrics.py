"""Prometheus metrics that every service has. A service's own metrics live beside what they measure."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "truce_http_request_seconds",
    "HTTP requests by route, method and status",
    ("route", "method", "status"),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
BUSY = Counter("truce_http_busy_total", "Requests told to come again because too many were worked on")
STREAMS = Gauge("truce_http_streams", "Live streams that are open", ("feed",))
HINT_FAILURES = Counter("truce_hint_failures_total", "Wake-up hints that could not be sent or received")
PUBLISHED = Counter("truce_relay_published_total", "Outbox rows published", ("topic",))
OUTBOX_WAITING = Gauge("truce_outbox_waiting", "Outbox rows not yet published")
OUTBOX_OLDEST_S = Gauge("truce_outbox_oldest_seconds", "Age of the oldest unpublished outbox row")
SET_ASIDE = Counter("truce_relay_set_aside_total", "Outbox rows set aside as unsendable", ("topic",))
APPLIED = Counter("truce_consumer_applied_total", "Events applied", ("topic",))
DUPLICATES = Counter("truce_consumer_duplicates_total", "Events dropped because their version was seen", ("topic",))
GAPS = Counter("truce_consumer_gaps_total", "Versions skipped between two events of one root", ("topic",))
IGNORED = Counter("truce_consumer_ignored_total", "Events of no interest here", ("topic",))
DEAD_LETTERS = Counter("truce_consumer_dead_letters_total", "Records set aside", ("topic", "reason"))
POSITION_MOVED = Counter("truce_consumer_position_moved_total", "Batches undone because another worker had advanced")
LAG = Gauge("truce_consumer_lag_records", "Records not yet applied", ("topic",))
ALARMS_RAISED = Counter("truce_alarms_raised_total", "Alarms raised", ("alarm",))
ALARMS_STANDING = Gauge("truce_alarms_standing", "Alarms that stand, by name", ("alarm",))
HEARTBEAT = Gauge(
    "truce_heartbeat_timestamp_seconds",
    "When a role last beat (kafka: when the broker answered)",
    ("role",),
)
