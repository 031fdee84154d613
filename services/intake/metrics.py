"""What intake counts beside what every service does."""

from prometheus_client import Counter, Gauge

QUIET_SOURCES = Gauge("truce_sources_quiet", "Sources that have been silent for longer than they usually are")
REFUSED_SOURCES = Counter("truce_source_refused_total", "Reports refused because of who sent them", ("reason",))
