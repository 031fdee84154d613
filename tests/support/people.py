"""Those who are asked and those who are paged, as the stories speak of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

from tests.support.phones import Phone
from tests.support.waiting import WITHIN_S

if TYPE_CHECKING:
    from tests.support.world import World


@dataclass
class Offer:
    offer_id: str
    incident_id: str


class Interrupter:
    def __init__(self, world: World, worker: UUID, phone: Phone) -> None:
        self._world = world
        self.worker = worker
        self.phone = phone

    async def is_offered(self, incident: str, *, within_s: float = WITHIN_S) -> Offer:
        message = await self._world.phones.message(
            self.phone, kind="truce.offer.made", incident_id=incident, within_s=within_s
        )
        return Offer(message["data"]["offer_id"], incident)

    async def is_told(self, kind: str, incident: str) -> None:
        await self._world.phones.message(self.phone, kind=f"truce.{kind}", incident_id=incident)

    async def taps(self, offer: Offer, action: str, **body: str) -> httpx.Response:
        return await self._world.alerts.post(
            f"/v1/offers/{offer.offer_id}/{action}", json=body or None, headers=self._headers()
        )

    async def accepts(self, offer: Offer) -> str:
        """Returns the assignment's id."""
        answer = await self.taps(offer, "accept")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["assignment_id"])

    async def declines(self, offer: Offer, reason: str = "off_shift") -> None:
        answer = await self.taps(offer, "decline", reason=reason)
        assert answer.status_code == 200, answer.text

    async def reports(self, assignment: str, step: str) -> httpx.Response:
        return await self._world.alerts.post(f"/v1/assignments/{assignment}/{step}", headers=self._headers())

    async def arrives(self, incident: str) -> str:
        """Is asked, accepts and is on scene. Returns the assignment's id."""
        assignment = await self.accepts(await self.is_offered(incident))
        await self.does(assignment, "on-scene")
        return assignment

    async def does(self, assignment: str, step: str) -> dict[str, Any]:
        answer = await self.reports(assignment, step)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def goes(self, *, on_duty: bool) -> None:
        answer = await self._world.alerts.put(
            f"/v1/interrupters/{self.worker}/duty", json={"on_duty": on_duty}, headers=self._headers()
        )
        assert answer.status_code == 200, answer.text

    async def loses_licences(self) -> None:
        headers = self._world.bearer("program_office") | {"If-Match": "*"}
        path = f"/v1/interrupters/{self.worker}/licences"
        answer = await self._world.alerts.put(path, json=[], headers=headers)
        assert answer.status_code == 200, answer.text

    async def keeps_out_of(self, incident: str, *, organization: UUID) -> None:
        """A conflict of interest, recorded by the organization's supervisor."""
        answer = await self._world.alerts.post(
            f"/v1/interrupters/{self.worker}/conflicts-of-interest",
            json={"incident_id": incident, "reason": "kin", "expires_at": "2031-01-01T00:00:00Z"},
            headers=self._world.bearer("supervisor", org=organization),
        )
        assert answer.status_code == 201, answer.text

    def _headers(self) -> dict[str, str]:
        return self._world.bearer("interrupter", worker=self.worker)


class Desk:
    """A supervisor or the duty dispatcher, reached by webhook."""

    def __init__(self, world: World, phone: Phone) -> None:
        self._world = world
        self.phone = phone

    async def is_paged(self, kind: str, *, within_s: float = WITHIN_S, **facts: str) -> str:
        """Returns the page's id."""
        message = await self._world.phones.message(self.phone, kind=f"truce.page.{kind}", within_s=within_s, **facts)
        return str(message["data"]["page_id"])

    async def is_told(self, kind: str, incident: str) -> None:
        await self._world.phones.message(self.phone, kind=f"truce.{kind}", incident_id=incident)

    async def acknowledges(self, page: str) -> None:
        answer = await self._world.alerts.post(
            f"/v1/pages/{page}/acknowledge", headers=self._world.bearer("dispatcher")
        )
        assert answer.status_code == 204, answer.text
