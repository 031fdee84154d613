"""Every topic, declared once: who owns it, what it is keyed by, who may read it.

Partitions are fixed for ever (adding some moves keys and breaks the order of one incident's events); everything is
kept for ever; nothing is compacted. The owner's `migrate` role creates its topics with exactly this.
"""

from dataclasses import dataclass
from enum import StrEnum

PARTITIONS = 12
DEAD_LETTER_PARTITIONS = 1
SERVICES = ("intake", "alerts", "casework", "reporting")


class Readers(StrEnum):
    """Who may read a topic: decides the broker's access rules."""

    OPERATIONAL = "operational"  # the four services
    RESTRICTED = "restricted"  # casework and reporting
    ANALYTIC = "analytic"  # the office's own analysts too
    PUBLIC = "public"


@dataclass(frozen=True)
class Topic:
    name: str
    key: str
    readers: Readers
    publishers: tuple[str, ...]
    consumers: tuple[str, ...]
    partitions: int = PARTITIONS


INCIDENTS = Topic("intake.incidents", "incident", Readers.OPERATIONAL, ("intake",), ("alerts", "casework", "reporting"))
AREAS = Topic("intake.areas", "area", Readers.PUBLIC, ("intake",), ("alerts", "reporting"))
DISPATCHES = Topic(
    "alerts.dispatches", "incident", Readers.OPERATIONAL, ("alerts",), ("intake", "casework", "reporting")
)
ORGANIZATIONS = Topic(
    "alerts.organizations", "organization", Readers.OPERATIONAL, ("alerts",), ("casework", "reporting")
)
WORKERS = Topic("alerts.workers", "worker", Readers.OPERATIONAL, ("alerts",), ("casework", "reporting"))
CASES = Topic("casework.cases", "case", Readers.RESTRICTED, ("casework",), ("reporting",))
ALARMS = Topic("operations.alarms", "service/alarm", Readers.OPERATIONAL, SERVICES, ("alerts", "reporting"))

TOPICS = (INCIDENTS, AREAS, DISPATCHES, ORGANIZATIONS, WORKERS, CASES, ALARMS)


def consumed_by(service: str) -> tuple[Topic, ...]:
    return tuple(topic for topic in TOPICS if service in topic.consumers)


def dead_letter_topic(topic: str, service: str) -> str:
    """Where `service` sets aside the records of `topic` that it cannot apply."""
    return f"{topic}.{service}.dlq"


def created_by(service: str) -> dict[str, int]:
    """Topic name → partitions, for everything `service` must create: what it publishes, and its dead letters."""
    own = {topic.name: topic.partitions for topic in TOPICS if service in topic.publishers}
    dead = {dead_letter_topic(topic.name, service): DEAD_LETTER_PARTITIONS for topic in consumed_by(service)}
    return own | dead
