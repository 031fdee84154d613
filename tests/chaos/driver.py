"""The sources: an open loop of reports at a given rate, whatever becomes of the earlier ones, and a dispatcher's yes.

A report whose answer does not come is sent again with the same Idempotency-Key, as a dispatch console does; after a few
attempts it is given up, and the history says that nobody knows what became of it.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos.calls import Caller, Request
from tests.chaos.crew import Crew
from tests.chaos.script import Planned, reports

ATTEMPTS = 6


class Driver:
    """`last_ok` is the (monotonic) time of the last report that was taken; `taken` counts them."""

    def __init__(self, crew: Crew, caller: Caller, *, rate_per_s: float, pages_share: float) -> None:
        self._crew = crew
        self._caller = caller
        self._plan = reports(crew.seed, rate_per_s, pages_share)
        self._under_way: set[asyncio.Task[None]] = set()
        self._said: dict[str, str] = {}
        self.sent = 0

    async def run(self, until: asyncio.Event) -> None:
        """Reports until told to stop, then waits for the answers still to come."""
        began = time.monotonic()
        for planned in self._plan:
            await self._rest(began + planned.at_s - time.monotonic(), until)
            if until.is_set():
                break
            self.sent += 1
            task = asyncio.create_task(self._report(planned))
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _rest(self, for_s: float, until: asyncio.Event) -> None:
        if for_s > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), for_s)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        task.result()

    async def _report(self, planned: Planned) -> None:
        request = Request(
            "report",
            planned.source,
            f"{self._crew.intake}/v1/reports",
            self._crew.tokens[planned.source],
            body=self._body(planned),
            key=planned.key,
        )
        call = await self._caller.until_known(request, attempts=ATTEMPTS, in_flight_too=True)
        if planned.decide_after_s is None or call.outcome != "ok" or call.result is None:
            return
        await asyncio.sleep(planned.decide_after_s)
        await self._activate(call.result["incident_id"])

    async def _activate(self, incident: str) -> None:
        request = Request(
            "activate",
            "desk",
            f"{self._crew.intake}/v1/incidents/{incident}/activate",
            self._crew.tokens["desk"],
            incident_id=incident,
        )
        await self._caller.until_known(request, attempts=ATTEMPTS)

    def _body(self, planned: Planned) -> dict[str, Any]:
        """What happened keeps its time, however often it is told."""
        facts = dict(planned.facts)
        ago = timedelta(seconds=facts.pop("ago_s"))
        occurred_at = self._said.setdefault(planned.ref, (datetime.now(UTC) - ago).isoformat())
        return {"source_ref": planned.ref, "occurred_at": occurred_at} | facts
