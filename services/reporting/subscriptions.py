"""What reporting does with each event: keep the fact, and count the event. Every event there is has its line here."""

from collections.abc import Callable
from typing import Any

from services.reporting.usecases.count_event import count_event
from services.reporting.usecases.record_alarm import record_alarm
from services.reporting.usecases.record_case import record_case
from services.reporting.usecases.record_dimension import record_area, record_organization, record_worker
from services.reporting.usecases.record_dispatch import record_dispatch
from services.reporting.usecases.record_incident import record_incident
from shared.contracts.events import alarms, areas, cases, dispatches, incidents, organizations, workers
from shared.messaging.subscriptions import Reaction, Subscriptions
from shared.persistence.transaction import Transaction


def _never(_: Any) -> bool:
    return False


def _counted(record: Reaction, is_exercise: Callable[[Any], bool] = _never) -> Reaction:
    async def react(tx: Transaction, event: Any) -> None:
        await record(tx, event)
        await count_event(tx, event, exercise=is_exercise(event))

    return react


_of_incidents = _counted(record_incident, lambda event: event.incident.exercise)
_of_dispatches = _counted(record_dispatch, lambda event: event.dispatch.exercise)

SUBSCRIPTIONS: Subscriptions = (
    dict.fromkeys(incidents.EVENTS, _of_incidents)
    | dict.fromkeys(dispatches.EVENTS, _of_dispatches)
    | dict.fromkeys(cases.EVENTS, _counted(record_case))
    | dict.fromkeys(alarms.EVENTS, _counted(record_alarm))
    | dict.fromkeys(areas.EVENTS, _counted(record_area))
    | dict.fromkeys(organizations.EVENTS, _counted(record_organization))
    | dict.fromkeys(workers.EVENTS, _counted(record_worker))
)
