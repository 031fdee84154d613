"""What surrounds a response, as events: cases and their handoffs, alarms, areas, organizations and workers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.events import alarms, areas, cases, organizations, workers
from shared.kernel.ids import random_id
from tests.support.histories import MONDAY_NOON


class CaseStory:
    def __init__(self, opened_at: datetime = MONDAY_NOON, community: str | None = "park-view") -> None:
        self.events: list[Event] = []
        self._handoffs: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {
            "case_id": random_id(),
            "participant_ref": random_id(),
            "version": 0,
            "state": "identified",
            "community": community,
            "owner_organization": random_id(),
            "opened_at": opened_at,
        }
        self._tell(cases.CaseOpened)

    def handoff_requested(self, moment: datetime = MONDAY_NOON, *, to: UUID | None = None) -> "CaseStory":
        handoff = {name: random_id() for name in ("handoff_id", "from_worker", "to_worker")}
        handoff |= {"to_organization": to or random_id()}
        self._handoffs.append(handoff | {"state": "requested", "reason": "capacity", "requested_at": moment})
        return self._of_handoff(cases.HandoffRequested)

    def handoff_settled(self, state: str) -> "CaseStory":
        kinds = {
            "accepted": cases.HandoffAccepted,
            "rejected": cases.HandoffRejected,
            "revoked": cases.HandoffRevoked,
        }
        self._handoffs[-1] |= {"state": state, "settled_at": self._handoffs[-1]["requested_at"] + timedelta(hours=1)}
        return self._of_handoff(kinds[state])

    def _of_handoff(self, kind: type[Event]) -> "CaseStory":
        return self._tell(kind, handoff_id=self._handoffs[-1]["handoff_id"])

    def _tell(self, kind: type[Event], **more: Any) -> "CaseStory":
        self.facts["version"] += 1
        snapshot = self.facts | {"handoffs": self._handoffs}
        self.events.append(kind.model_validate({"at": self.facts["opened_at"], "case": snapshot} | more))
        return self


class AlarmStory:
    def __init__(self, service: str, alarm: str, subject: str) -> None:
        self.events: list[Event] = []
        self._facts = {"service": service, "alarm": alarm, "subject": subject}
        self._version = 0

    def raised(self, moment: datetime = MONDAY_NOON) -> "AlarmStory":
        return self._tell(alarms.AlarmRaised, "raised", moment)

    def cleared(self, moment: datetime = MONDAY_NOON) -> "AlarmStory":
        return self._tell(alarms.AlarmCleared, "cleared", moment)

    def _tell(self, kind: type[Event], state: str, moment: datetime) -> "AlarmStory":
        self._version += 1
        snapshot = self._facts | {
            "version": self._version,
            "state": state,
            "count": 1,
            "first_at": moment,
            "last_at": moment,
        }
        self.events.append(kind.model_validate({"at": moment, "alarm": snapshot}))
        return self


def area(kind: str, slug: str, name: str) -> Event:
    snapshot = {"area_id": slug, "version": 1, "kind": kind, "name": name, "effective_from": "2021-07-01"}
    return areas.AreaDefined.model_validate({"at": MONDAY_NOON, "area": snapshot})


def organization(organization_id: UUID, name: str) -> Event:
    snapshot = {"organization_id": organization_id, "version": 1, "name": name}
    return organizations.OrganizationRegistered.model_validate({"at": MONDAY_NOON, "organization": snapshot})


def worker(worker_id: UUID, organization_id: UUID) -> Event:
    snapshot = {
        "worker_id": worker_id,
        "organization_id": organization_id,
        "version": 1,
        "call_sign": "heron",
        "roles": ("scene",),
        "floater": False,
        "active": True,
        "on_duty": True,
    }
    return workers.WorkerRegistered.model_validate({"at": MONDAY_NOON, "worker": snapshot})
