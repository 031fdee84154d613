"""Shifts as tests and stories plan them: by instants, told to the service as the programme's local times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.support.waiting import eventually

if TYPE_CHECKING:
    from tests.support.people import Interrupter
    from tests.support.world import World

ZONE = ZoneInfo("America/New_York")


def weekly(begins: datetime, ends: datetime) -> dict[str, Any]:
    """A shift of every week, to the minute."""
    first, last = begins.astimezone(ZONE), ends.astimezone(ZONE)
    return {
        "weekday": first.isoweekday(),
        "from_day": first.date().isoformat(),
        "starts": f"{first:%H:%M}",
        "ends": f"{last:%H:%M}",
    }


def dated(begins: datetime, ends: datetime) -> dict[str, Any]:
    return weekly(begins, ends) | {"weekday": None}


def whole_minute(at: datetime) -> datetime:
    """The next one."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def next_change(after: datetime, *, forward: bool) -> datetime:
    """When the programme's clock is next put forward, or back: the first instant of the new time."""
    at = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while True:
        before, then = at.astimezone(ZONE).utcoffset(), (at + timedelta(hours=1)).astimezone(ZONE).utcoffset()
        at += timedelta(hours=1)
        if before is not None and then is not None and before != then and (then > before) == forward:
            return at


def quiet_hours(begins: datetime, ends: datetime, *waits: str) -> dict[str, Any]:
    """Of a policy. Less than a day."""
    return {
        "from": f"{begins.astimezone(ZONE):%H:%M}",
        "until": f"{ends.astimezone(ZONE):%H:%M}",
        "waits": list(waits),
    }


class Planner:
    """A supervisor's pen: what is written through the public interface for one person."""

    def __init__(self, world: World, organization: UUID) -> None:
        self._world = world
        self._headers = world.bearer("supervisor", sub="planner", org=organization)

    async def now(self) -> datetime:
        async with self._world.alerts_db.transaction() as tx:
            return await tx.now()

    @staticmethod
    def mid_week(after: datetime) -> datetime:
        """A Thursday noon, more than forty hours after now and after Monday."""
        day = (after + timedelta(days=3)).astimezone(ZONE).replace(hour=12, minute=0, second=0, microsecond=0)
        while day.isoweekday() != 4:
            day += timedelta(days=1)
        return day

    async def posts(self, who: Interrupter, what: str, **body: Any) -> dict[str, Any]:
        path = f"/v1/interrupters/{who.worker}/{what}"
        answer = await self._world.alerts.post(path, json=body or None, headers=self._headers)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    async def shift(self, who: Interrupter, begins: datetime, hours: float) -> str:
        """Every week; returns its id."""
        return str((await self.posts(who, "shifts", **weekly(begins, begins + timedelta(hours=hours))))["id"])

    async def differs(self, who: Interrupter, kind: str, begins: datetime, hours: float) -> str:
        """An extra shift or an absence; returns its id."""
        span = {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=hours)).isoformat()}
        return str((await self.posts(who, "duty-overrides", kind=kind, **span))["id"])

    async def asks_to_swap(
        self, who: Interrupter, gives: tuple[str, datetime], other: Interrupter, back: tuple[str, datetime]
    ) -> str:
        """`gives` and `back`: a shift, and when it begins. Asked by `who`; returns the trade's id."""
        sides = {
            side: {
                "interrupter_id": str(person.worker),
                "gives": {"shift_id": shift, "day": begins.astimezone(ZONE).date().isoformat()},
            }
            for side, person, (shift, begins) in (("giver", who, gives), ("taker", other, back))
        }
        answer = await self._world.alerts.post("/v1/shift-trades", json=sides, headers=self._of(who))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def agrees(self, who: Interrupter, trade: str) -> None:
        answer = await self._world.alerts.post(f"/v1/shift-trades/{trade}/agree", headers=self._of(who))
        assert answer.status_code == 200, answer.text

    async def is_told_of_trade(self, who: Interrupter, what: str) -> None:
        await self._world.phones.message(who.phone, kind=f"truce.shift_trade.{what}")

    def _of(self, who: Interrupter) -> dict[str, str]:
        return self._world.bearer("interrupter", worker=who.worker)

    async def is_on_duty(self, who: Interrupter, *, on: bool) -> None:
        async def seen() -> bool:
            path = f"/v1/interrupters/{who.worker}"
            answer = await self._world.alerts.get(path, headers=self._headers)
            return bool(answer.json()["on_duty"] == on)

        await eventually(seen)
