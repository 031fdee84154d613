"""Events of `operations.alarms`: what a person must act on. The one topic that every service publishes to."""

from typing import Annotated

from shared.contracts.event import Event, Snapshot
from shared.contracts.fields import P1, Code, Count, DottedCode, Instant
from shared.contracts.topics import ALARMS
from shared.kernel.vocabulary import AlarmState


class AlarmSnapshot(Snapshot):
    """`subject` names what it is about: a topic, a queue, a process. `count` is how often since it was last cleared."""

    service: Code
    alarm: Code
    subject: DottedCode
    state: Annotated[AlarmState, P1]
    count: Count
    first_at: Instant
    last_at: Instant


class AlarmEvent(Event):
    TOPIC = ALARMS

    alarm: AlarmSnapshot

    @property
    def root(self) -> str:
        return f"{self.alarm.service}/{self.alarm.alarm}/{self.alarm.subject}"

    @property
    def publisher(self) -> str:
        return self.alarm.service

    @property
    def root_version(self) -> int:
        return self.alarm.version


class AlarmRaised(AlarmEvent):
    TYPE = "truce.operations.alarm.raised.v1"


class AlarmAcknowledged(AlarmEvent):
    TYPE = "truce.operations.alarm.acknowledged.v1"


class AlarmCleared(AlarmEvent):
    TYPE = "truce.operations.alarm.cleared.v1"


EVENTS: tuple[type[AlarmEvent], ...] = (AlarmRaised, AlarmAcknowledged, AlarmCleared)
