"""What the alerts service counts beside what every service does."""

from prometheus_client import Counter, Histogram

ATTEMPTS = Counter("truce_delivery_attempts_total", "Attempts to deliver a message", ("delivery_class", "outcome"))
ATTEMPT_SECONDS = Histogram(
    "truce_delivery_attempt_seconds",
    "Duration of an attempt",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 15),
)
WRONG_LINKS = Counter("truce_wrong_links_total", "Response links that were not made here")
