"""What casework reacts to, and with what."""

from services.casework.usecases.follow_incident import follow_incident
from services.casework.usecases.follow_triage import follow_triage
from services.casework.usecases.project_organization import project_organization
from services.casework.usecases.project_worker import project_worker
from shared.contracts.events.dispatches import ResponsePlanRecorded, ResponsePlanStepCompleted, TriageHeld
from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentClosed,
    IncidentCorroborated,
    IncidentMerged,
    IncidentOpened,
    IncidentReclassified,
    IncidentRelocated,
    IncidentReopened,
    IncidentRumourMarked,
    IncidentScreenedOut,
    IncidentSplit,
    IncidentVerified,
    IncidentVisibilityChanged,
)
from shared.contracts.events.organizations import OrganizationChanged, OrganizationRegistered
from shared.contracts.events.workers import WorkerChanged, WorkerDutyChanged, WorkerRegistered
from shared.messaging.subscriptions import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    IncidentOpened: follow_incident,
    IncidentActivated: follow_incident,
    IncidentCorroborated: follow_incident,
    IncidentVerified: follow_incident,
    IncidentMerged: follow_incident,
    IncidentSplit: follow_incident,
    IncidentReclassified: follow_incident,
    IncidentRelocated: follow_incident,
    IncidentReopened: follow_incident,
    IncidentRumourMarked: follow_incident,
    IncidentScreenedOut: follow_incident,
    IncidentVisibilityChanged: follow_incident,
    IncidentClosed: follow_incident,
    TriageHeld: follow_triage,
    ResponsePlanRecorded: follow_triage,
    ResponsePlanStepCompleted: follow_triage,
    OrganizationRegistered: project_organization,
    OrganizationChanged: project_organization,
    WorkerRegistered: project_worker,
    WorkerChanged: project_worker,
    WorkerDutyChanged: project_worker,
}
