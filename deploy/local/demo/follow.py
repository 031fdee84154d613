"""The response to each incident as the topics tell it, live: newest snapshots, and which of them have ended."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deploy.local.demo.arrivals import Arrivals
from deploy.local.demo.topics import Log, Seen
from shared.contracts.topics import DISPATCHES, INCIDENTS

LIVE_OFFERS = {"open", "acknowledged"}
COMMITTED = {"accepted", "en_route", "on_scene"}
UNSTAFFED = {"open", "exhausted"}
SNAPSHOTS = {INCIDENTS.name: "incident", DISPATCHES.name: "dispatch"}


@dataclass
class Response:
    """Newest snapshots of one incident and its dispatch; None where nothing was published yet."""

    incident: dict[str, Any] | None = None
    dispatch: dict[str, Any] | None = None

    @property
    def is_activated(self) -> bool:
        return self.incident is not None and self.incident["state"] == "activated"

    @property
    def taken_by(self) -> list[dict[str, Any]]:
        """Assignments that were not taken away again."""
        parts = self.dispatch["assignments"] if self.dispatch else ()
        return [one for one in parts if one["state"] in COMMITTED | {"cleared"}]

    def attempts(self) -> list[datetime]:
        """When each offer's first connection was tried."""
        parts = self.dispatch["offers"] if self.dispatch else ()
        return [datetime.fromisoformat(one["first_attempt_at"]) for one in parts if one.get("first_attempt_at")]

    @property
    def is_exhausted(self) -> bool:
        return self.dispatch is not None and self.dispatch["state"] == "exhausted"

    @property
    def is_at_rest(self) -> bool:
        """Nobody is being asked and nobody is out there, and no role waits for somebody who becomes free."""
        if self.dispatch is None:
            return not self.is_activated
        if self.dispatch["state"] in UNSTAFFED:
            return False
        waiting = any(one["state"] in LIVE_OFFERS for one in self.dispatch["offers"])
        return not waiting and not any(one["state"] in COMMITTED for one in self.dispatch["assignments"])


@dataclass
class Follower:
    responses: dict[str, Response] = field(default_factory=dict)

    async def run(self, log: Log) -> None:
        """Until cancelled."""
        async for batch in log.follow():
            for record in batch:
                self.take(record)

    def take(self, record: Seen) -> None:
        """A version older than the one known changes nothing."""
        name = SNAPSHOTS.get(record.topic)
        if name is None or name not in record.body:
            return
        response = self.responses.setdefault(record.subject, Response())
        snapshot, known = record.body[name], getattr(response, name)
        if known is None or snapshot["version"] > known["version"]:
            setattr(response, name, {"offers": [], "assignments": []} | snapshot)

    def activated(self) -> dict[str, Response]:
        return {root: one for root, one in self.responses.items() if one.is_activated}

    def first_attempts(self) -> dict[str, datetime]:
        """Incident → when the first connection to a phone was tried, whether or not it was taken."""
        return {root: min(attempts) for root, one in self.responses.items() if (attempts := one.attempts())}

    def without_end(self, arrivals: Arrivals) -> list[str]:
        """Activated incidents that nobody took and for which no desk was paged."""
        return [root for root, one in self.activated().items() if not has_ended(root, one, arrivals)]


def has_ended(root: str, response: Response, arrivals: Arrivals) -> bool:
    return bool(response.taken_by) or (response.is_exhausted and root in arrivals.paged_at)
