"""All event types there are, by type name. An event that is not in here does not exist.

Importing the event modules registers nothing by side effect: the table is spelled out from the modules' own lists.
"""

from shared.contracts.event import Event
from shared.contracts.events import alarms, areas, cases, dispatches, incidents, organizations, workers

EVENTS: dict[str, type[Event]] = {
    event.TYPE: event
    for module in (incidents, areas, dispatches, organizations, workers, cases, alarms)
    for event in module.EVENTS
}
