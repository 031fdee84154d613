"""What the alerts service reacts to."""

from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.dispatching.follow_merged_incident import follow_merged_incident
from services.alerts.usecases.paging.follow_alarm import follow_alarm
from services.alerts.usecases.workforce.project_community import project_community
from shared.contracts.events.alarms import AlarmAcknowledged, AlarmCleared, AlarmRaised
from shared.contracts.events.areas import AreaDefined, AreaRetired
from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentClosed,
    IncidentCorroborated,
    IncidentMerged,
    IncidentReclassified,
    IncidentRelocated,
    IncidentReopened,
    IncidentSceneUpdated,
    IncidentScreenedOut,
    IncidentSplit,
    IncidentVisibilityChanged,
)
from shared.messaging.subscriptions import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    IncidentActivated: follow_incident,
    IncidentCorroborated: follow_incident,
    IncidentMerged: follow_merged_incident,
    IncidentReclassified: follow_incident,
    IncidentRelocated: follow_incident,
    IncidentReopened: follow_incident,
    IncidentSceneUpdated: follow_incident,
    IncidentScreenedOut: follow_incident,
    IncidentSplit: follow_incident,
    IncidentVisibilityChanged: follow_incident,
    IncidentClosed: follow_incident,
    AreaDefined: project_community,
    AreaRetired: project_community,
    AlarmRaised: follow_alarm,
    AlarmAcknowledged: follow_alarm,
    AlarmCleared: follow_alarm,
}
