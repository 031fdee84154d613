"""Histories of incidents and their dispatches as events, told in a few words.

A story holds one root's present snapshot; each verb changes it, counts its version up and appends the event. Times of
a response are seconds after activation.
"""

from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.events import dispatches, incidents
from shared.kernel.ids import random_id

MONDAY_NOON = datetime.fromisoformat("2022-08-22T12:00:00-04:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Story(Protocol):
    events: list[Event]


def told(*stories: Story) -> list[Event]:
    """The events of several stories, one story after the other."""
    return [event for story in stories for event in story.events]


class IncidentStory:
    def __init__(self, kind: str = "shooting", occurred_at: datetime = MONDAY_NOON, **facts: Any) -> None:
        community = facts.pop("community", "park-view")
        near = {"area_id": community, "name": community, "distance_m": 0.0} if community else None
        self.id = random_id()
        self.events: list[Event] = []
        self.facts: dict[str, Any] = {
            "incident_id": self.id,
            "version": 0,
            "state": "reported",
            "kind": kind,
            "occurred_at": occurred_at,
            "occurred_precision": "minute",
            "reported_at": occurred_at,
            "opened_at": occurred_at,
            "place": {"lat": 38.93, "lon": -77.02},
            "community": near,
            "weapon": "firearm",
            "relationship": "unknown",
            "active_threat": False,
            "exercise": False,
            "report_count": 1,
            "sources": ("police",),
        } | facts
        self._tell(incidents.IncidentOpened, report_id=random_id(), source="police")

    @property
    def activated_at(self) -> datetime:
        moment: datetime = self.facts["activated_at"]
        return moment

    def activated(self, moment: datetime | None = None) -> "IncidentStory":
        self.facts |= {"state": "activated", "activated_at": moment or self.facts["occurred_at"]}
        return self._tell(incidents.IncidentActivated, by_policy=True)

    def reclassified(self, kind: str, **facts: Any) -> "IncidentStory":
        was = self.facts["kind"]
        self.facts |= {"kind": kind} | facts
        return self._tell(incidents.IncidentReclassified, was_kind=was)

    def retagged(self, community: str) -> "IncidentStory":
        """The areas changed, the point did not."""
        was, near = self.facts["community"], {"area_id": community, "name": community, "distance_m": 0.0}
        self.facts |= {"community": near}
        return self._tell(incidents.IncidentRelocated, was_community=was["area_id"], by_areas=True)

    def rumour_lifted(self) -> "IncidentStory":
        self.facts |= {"rumour": False}
        return self._tell(incidents.IncidentRumourMarked)

    def restricted(self, *, restricted: bool = True) -> "IncidentStory":
        self.facts |= {"restricted": restricted}
        return self._tell(incidents.IncidentVisibilityChanged)

    def screened_out(self, route: str | None = None) -> "IncidentStory":
        """Unfounded, or out of scope with a route."""
        was, why = self.facts["state"], "out_of_scope" if route else "unfounded"
        self.facts |= {"state": "screened_out", "screened_out_reason": why, "route": route}
        return self._tell(incidents.IncidentScreenedOut, was_state=was)

    def reopened(self, state: str) -> "IncidentStory":
        was = self.facts["state"]
        self.facts |= {"state": state, "screened_out_reason": None, "route": None}
        return self._tell(incidents.IncidentReopened, was_state=was)

    def merged(self, into: "IncidentStory") -> "IncidentStory":
        was = self.facts["state"]
        self.facts |= {"state": "merged", "merged_into": into.id, "screened_out_reason": None}
        return self._tell(incidents.IncidentMerged, was_state=was)

    def brought_back(self, state: str) -> "IncidentStory":
        self.facts |= {"state": state, "merged_into": None}
        return self._tell(incidents.IncidentReopened, was_state="merged")

    def split(self, into: "IncidentStory") -> "IncidentStory":
        """Its response was the other's: nobody responds to it any more."""
        self.facts |= {"state": "reported", "activated_at": None}
        return self._tell(incidents.IncidentSplit, into=into.id)

    def closed(self) -> "IncidentStory":
        self.facts |= {"state": "closed"}
        return self._tell(incidents.IncidentClosed)

    def _tell(self, kind: type[Event], **more: Any) -> "IncidentStory":
        self.facts["version"] += 1
        moment = self.facts["opened_at"] + timedelta(minutes=self.facts["version"])
        self.events.append(kind.model_validate({"at": moment, "incident": self.facts} | more))
        return self


class DispatchStory:
    """The response to an activated incident. Offers are named by the order in which they were made, from 0."""

    def __init__(self, incident: IncidentStory) -> None:
        self._zero = incident.activated_at
        self.events: list[Event] = []
        self._offers: list[dict[str, Any]] = []
        self._assignments: list[dict[str, Any]] = []
        community = incident.facts["community"]
        self.facts: dict[str, Any] = {
            "incident_id": incident.id,
            "version": 0,
            "state": "open",
            "community": community["area_id"] if community else None,
            "activated_at": self._zero,
            "opened_at": self._zero,
            "exhausted_count": 0,
            "exercise": incident.facts["exercise"],
        }
        self._tell(dispatches.DispatchOpened, 0)

    def offered(self, after_s: float, *, attempt_s: float | None = None, to: UUID | None = None) -> "DispatchStory":
        """`attempt_s`: when the first connection to the phone was tried."""
        offer = {
            "offer_id": random_id(),
            "role": "scene",
            "interrupter_id": to or random_id(),
            "tier": "team",
            "distance_m": 400.0,
            "state": "open",
            "made_at": self._when(after_s),
            "acknowledge_by": self._when(after_s + 120),
            "accept_by": self._when(after_s + 300),
            "first_attempt_at": None if attempt_s is None else self._when(attempt_s),
        }
        self._offers.append(offer)
        return self._of_offer(dispatches.OfferMade, -1, after_s)

    def acknowledged(self, number: int, after_s: float) -> "DispatchStory":
        self._offers[number] |= {"state": "acknowledged", "acknowledged_at": self._when(after_s)}
        return self._of_offer(dispatches.OfferAcknowledged, number, after_s)

    def accepted(self, number: int, after_s: float) -> "DispatchStory":
        offer = self._offers[number]
        offer |= {"state": "accepted", "settled_at": self._when(after_s)}
        assignment = {name: offer[name] for name in ("offer_id", "role", "interrupter_id")}
        assignment |= {"assignment_id": random_id(), "state": "accepted", "accepted_at": self._when(after_s)}
        self._assignments.append(assignment)
        self.facts["state"] = "staffed"
        return self._of_offer(dispatches.OfferAccepted, number, after_s)

    def declined(self, number: int, after_s: float) -> "DispatchStory":
        self._offers[number] |= {"decline_reason": "off_shift"}
        return self._settled(number, "declined", dispatches.OfferDeclined, after_s)

    def expired(self, number: int, after_s: float) -> "DispatchStory":
        return self._settled(number, "expired", dispatches.OfferExpired, after_s)

    def undeliverable(self, number: int, after_s: float) -> "DispatchStory":
        return self._settled(number, "undeliverable", dispatches.OfferUndeliverable, after_s)

    def on_scene(self, after_s: float) -> "DispatchStory":
        assignment = self._assignments[-1]
        assignment |= {"state": "on_scene", "on_scene_at": self._when(after_s)}
        return self._tell(dispatches.AssignmentOnScene, after_s, assignment_id=assignment["assignment_id"])

    def triage(self, state: str, after_s: float = 0) -> "DispatchStory":
        """`due` changes the snapshot alone: it is told with the next event."""
        risk = {"immediate": "high", "ongoing": "low", "long_term": "none"}
        due = {"state": state, "due_at": self._when(86_400)}
        held = {"held_at": self._when(after_s), "recorded_at": self._when(after_s), "risk": risk}
        self.facts["triage"] = due | (held if state == "held" else {})
        kinds: dict[str, type[Event]] = {"held": dispatches.TriageHeld, "withdrawn": dispatches.TriageWithdrawn}
        return self._tell(kinds[state], after_s) if state in kinds else self

    def exhausted(self, after_s: float) -> "DispatchStory":
        self.facts["exhausted_count"] += 1
        self.facts["state"] = "exhausted"
        return self._tell(dispatches.DispatchExhausted, after_s, role="scene")

    def reopened(self, after_s: float) -> "DispatchStory":
        self.facts["state"] = "open"
        return self._tell(dispatches.DispatchReopened, after_s)

    def _when(self, after_s: float) -> datetime:
        return self._zero + timedelta(seconds=after_s)

    def _settled(self, number: int, state: str, kind: type[Event], after_s: float) -> "DispatchStory":
        self._offers[number] |= {"state": state, "settled_at": self._when(after_s)}
        return self._of_offer(kind, number, after_s)

    def _of_offer(self, kind: type[Event], number: int, after_s: float) -> "DispatchStory":
        return self._tell(kind, after_s, offer_id=self._offers[number]["offer_id"])

    def _tell(self, kind: type[Event], after_s: float, **more: Any) -> "DispatchStory":
        self.facts["version"] += 1
        snapshot = self.facts | {"offers": self._offers, "assignments": self._assignments}
        self.events.append(kind.model_validate({"at": self._when(after_s), "dispatch": snapshot} | more))
        return self
