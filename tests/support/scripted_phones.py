"""A way out to phones that needs no network: nine messages in ten arrive, others are refused or time out.

For tests whose subject is what becomes of many attempts at once, not how one is made.
"""

import random
from collections.abc import Mapping
from datetime import timedelta

from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Rejected, Stage, TimedOut
from tests.support.waiting import a_moment

_AT_MOST_MS = 20.0
_NOTHING = timedelta(0)


class ScriptedPhones:
    """In the place of the transport."""

    def __init__(self, seed: float) -> None:
        self._chance = random.Random(seed)

    async def post(
        self,
        url: str,  # noqa: ARG002 - as the transport has it
        headers: Mapping[str, str],  # noqa: ARG002 - as the transport has it
        body: bytes,  # noqa: ARG002 - as the transport has it
        *,
        timeout: timedelta,  # noqa: ARG002, ASYNC109 - as the transport has it
        apart: bool = False,  # noqa: ARG002 - as the transport has it
    ) -> AttemptOutcome:
        await a_moment(self._chance.uniform(0, _AT_MOST_MS))
        drawn = self._chance.random()
        if drawn < 0.9:
            return Delivered(204, _NOTHING)
        return Rejected(503, _NOTHING) if drawn < 0.97 else TimedOut(Stage.RESPONSE, _NOTHING)
