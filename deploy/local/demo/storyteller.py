"""Prints what happens to each incident, once it is decided: a line when nobody is asked, a line when somebody has it or
everybody was asked, and another one when an exhausted response found somebody after all.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console

from deploy.local.demo.api import Api
from deploy.local.demo.arrivals import Arrivals
from deploy.local.demo.follow import Follower, Response, has_ended
from deploy.local.demo.lines import Names, Took, not_activated_line, response_line
from deploy.local.demo.replay import Replayed

LOOK_EVERY_S = 0.1
DECIDED = {"reported", "screened_out"}


@dataclass
class Storyteller:
    console: Console
    names: Names
    follower: Follower
    arrivals: Arrivals
    replayed: Replayed
    api: Api
    intake_url: str
    token: str
    _told: set[tuple[str, str]] = field(default_factory=set)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        self.arrivals.read_on()
        for root in self.replayed.undecided():
            if self._is_new(root, "not activated"):
                await self._tell_not_activated(root)
        for root, response in self.follower.activated().items():
            if has_ended(root, response, self.arrivals):
                self._tell_end(root, response)

    async def _tell_not_activated(self, root: str) -> None:
        incident = await self.api.must("GET", f"{self.intake_url}/v1/incidents/{root}", self.token)
        if incident["state"] in DECIDED:
            when = self.replayed.really_at.get(root)
            self._print(not_activated_line(incident, incident["obstacles"], when, self.names))

    def _tell_end(self, root: str, response: Response) -> None:
        assert response.incident is not None
        assert response.dispatch is not None
        if self._is_new(root, "taken" if response.taken_by else "exhausted"):
            took = self.took(root, response)
            when = self.replayed.really_at.get(root)
            self._print(response_line(response.incident, response.dispatch, when, took, self.names))

    def took(self, root: str, response: Response) -> Took:
        assert response.incident is not None
        by_dispatcher = root not in self.replayed.activated_by_policy
        activated_at = datetime.fromisoformat(response.incident["activated_at"])
        since = activated_at if by_dispatcher else self.replayed.sent_at.get(root, activated_at)
        accepted = min((datetime.fromisoformat(one["accepted_at"]) for one in response.taken_by), default=None)
        first = self.arrivals.first_at.get(root)
        return Took(_after(since, first), _after(since, accepted), by_dispatcher)

    def _is_new(self, root: str, what: str) -> bool:
        if (root, what) in self._told:
            return False
        self._told.add((root, what))
        return True

    def _print(self, line: Any) -> None:
        self.console.print(line, soft_wrap=True, highlight=False)


def _after(since: datetime, moment: datetime | None) -> timedelta | None:
    return None if moment is None else moment - since
