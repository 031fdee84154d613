"""The language of the stories: a small city with real services, real phones and a clock that can be moved.

Everything goes through the public APIs; what a phone gets and a story does not expect fails the story.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from services.alerts.programme import read_programme as read_alerts_programme
from services.alerts.usecases.programme.load_policy import load_policy
from services.alerts.usecases.programme.load_programme import load_programme as load_alerts_programme
from services.intake.programme import read_programme as read_intake_programme
from services.intake.usecases.load_programme import load_programme as load_intake_programme
from shared.kernel.geo import metres_per_degree
from shared.kernel.ids import new_id
from shared.persistence.database import Database
from tests.support.deployment import Deployment
from tests.support.heard import alerts_has_heard
from tests.support.people import Desk, Interrupter
from tests.support.phones import Phone, PhoneNetwork
from tests.support.waiting import eventually

PROGRAMME = Path(__file__).parent / "programme"
ALDER = (38.90, -77.00)
OAK_STREET = UUID("0d9a1f00-0000-4000-8000-000000000001")
RIVER_ROAD = UUID("0d9a1f00-0000-4000-8000-000000000002")


class World:
    def __init__(self, deployment: Deployment, phones: PhoneNetwork) -> None:
        self.deployment = deployment
        self.phones = phones
        self._reports = 0

    async def begin(self, *, before_people: Callable[[], Awaitable[None]] | None = None) -> None:
        """`before_people`: called when the services run with their programme, and there is nothing else."""
        self.intake: httpx.AsyncClient = await self.deployment.client("intake")
        self.alerts: httpx.AsyncClient = await self.deployment.client("alerts")
        self.intake_db: Database = await self.deployment.database("intake")
        self.alerts_db: Database = await self.deployment.database("alerts")
        async with self.intake_db.transaction() as tx:
            await load_intake_programme(tx, read_intake_programme(PROGRAMME))
        async with self.alerts_db.transaction() as tx:
            await load_alerts_programme(tx, read_alerts_programme(PROGRAMME))
        await self.deployment.start("intake", "stream")
        await self.deployment.start("alerts", "stream")
        if before_people is not None:
            await before_people()
        await self.deployment.start("alerts", "engine")
        self.supervisor = await self.desk("supervisor", OAK_STREET)
        self.dispatcher = await self.desk("duty_dispatcher", None)

    def bearer(self, *roles: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.deployment.token(*roles, **claims)}"}

    async def asks(self, **otherwise: Any) -> None:
        """The dispatch policy of incidents from now on: `roles`, `parallel_offers` …"""
        programme = read_alerts_programme(PROGRAMME)
        async with self.alerts_db.transaction() as tx:
            await load_policy(tx, programme.policy_name, {**programme.policy_body, **otherwise})

    async def advance(self, **by: float) -> None:
        """After what is under way has been recorded: a call that was made counts as made."""
        await self.quiet()
        await self.deployment.advance(**by)

    # people

    async def on_duty(
        self,
        name: str,
        *,
        km: float = 1.0,
        licensed: bool = True,
        floater: bool = False,
        organization: UUID = OAK_STREET,
        roles: tuple[str, ...] = ("scene",),
        phone: str = "ok",
        duty: bool = True,
    ) -> Interrupter:
        """An interrupter `km` north of the middle of Alder. `phone`: ok, hang, refused or an HTTP status."""
        worker = new_id()
        body = {
            "id": str(worker),
            "organization_id": str(organization),
            "call_sign": name,
            "roles": list(roles),
            "team_community": None if floater else ("alder" if organization == OAK_STREET else "birch"),
            "floater": floater,
            "home": {"lat": ALDER[0] + km * 1000 / metres_per_degree(ALDER[0])[0], "lon": ALDER[1]},
            "licences": [{"community": "alder", "from_day": "2021-01-01"}] if licensed else [],
            "on_duty": duty,
        }
        answer = await self.alerts.post("/v1/interrupters", json=body, headers=self.bearer("program_office"))
        assert answer.status_code == 201, answer.text
        receiver = self.phones.phone(name, behaviour="ok" if phone == "refused" else phone, refused=phone == "refused")
        await self.registers(receiver, {"kind": "interrupter", "id": str(worker)})
        return Interrupter(self, worker, receiver)

    async def gets_phone(self, who: Interrupter) -> None:
        """Another one instead of what they had."""
        path = f"/v1/webhook-endpoints/{who.phone.endpoint_id}/disable"
        answer = await self.alerts.post(path, headers=self.bearer("admin") | {"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        who.phone = self.phones.phone(f"{who.phone.name}-again")
        await self.registers(who.phone, {"kind": "interrupter", "id": str(who.worker)})

    async def desk(self, kind: str, owner: UUID | None, *, name: str | None = None) -> Desk:
        receiver = self.phones.phone(name or kind)
        await self.registers(receiver, {"kind": kind} | ({"id": str(owner)} if owner else {}))
        return Desk(self, receiver)

    async def registers(self, phone: Phone, owner: dict[str, str]) -> None:
        answer = await self.alerts.post(
            "/v1/webhook-endpoints", json={"owner": owner, "url": phone.url}, headers=self.bearer("admin")
        )
        assert answer.status_code == 201, answer.text
        phone.secret, phone.endpoint_id = answer.json()["secret"], answer.json()["id"]

    async def registers_text(self, address: str, who: Interrupter) -> None:
        """By SMS too, behind what they have."""
        body = {"owner": {"kind": "interrupter", "id": str(who.worker)}, "kind": "sms", "address": address}
        answer = await self.alerts.post("/v1/text-endpoints", json=body, headers=self.bearer("admin"))
        assert answer.status_code == 201, answer.text

    # incidents

    def report_body(self, **facts: Any) -> dict[str, Any]:
        now = datetime.now(UTC) + self.deployment.offset
        return {
            "kind": "shooting",
            "occurred_at": (now - timedelta(minutes=3)).isoformat(),
            "location": {"lat": ALDER[0], "lon": ALDER[1]},
            "injured": 1,
            "killed": None,
            "weapon": "firearm",
            "relationship": "group",
            "active_threat": False,
            "exercise": False,
        } | facts

    async def report(self, **facts: Any) -> httpx.Response:
        self._reports += 1
        headers = self.bearer("source", source_kind="police", sub="police-feed")
        body = {"source_ref": f"ref-{self._reports}"} | self.report_body(**facts)
        return await self.intake.post(
            "/v1/reports", json=body, headers=headers | {"Idempotency-Key": f"key-{self._reports}"}
        )

    async def activated_incident(self, **facts: Any) -> str:
        answer = await self.report(**facts)
        assert answer.status_code == 201, answer.text
        assert answer.json()["incident"]["state"] == "activated", answer.text
        return str(answer.json()["incident_id"])

    async def does(self, incident: str, action: str, **body: Any) -> httpx.Response:
        """A dispatcher's action on an incident."""
        return await self.intake.post(
            f"/v1/incidents/{incident}/{action}", json=body, headers=self.bearer("dispatcher")
        )

    async def reassigns(
        self, incident: str, to: Interrupter, *, by: dict[str, str] | None = None, **facts: Any
    ) -> httpx.Response:
        """The desk's decision by hand; the dispatcher's unless `by` is somebody else's bearer."""
        body = {"role": "scene", "interrupter_id": str(to.worker), "reason": "better_placed"} | facts
        return await self.alerts.post(
            f"/v1/dispatches/{incident}/reassign", json=body, headers=by or self.bearer("dispatcher", sub="desk-1")
        )

    # looking

    async def dispatch(self, incident: str) -> dict[str, Any]:
        answer = await self.alerts.get(f"/v1/dispatches/{incident}", headers=self.bearer("dispatcher"))
        return dict(answer.json()) if answer.status_code == 200 else {}

    async def dispatch_becomes(self, incident: str, state: str) -> dict[str, Any]:
        async def there() -> dict[str, Any] | None:
            found = await self.dispatch(incident)
            return found if found.get("state") == state else None

        found = await eventually(there)
        assert found is not None
        return found

    async def explain(self, incident: str) -> dict[str, Any]:
        answer = await self.alerts.get(f"/v1/dispatches/{incident}/explain", headers=self.bearer("dispatcher"))
        return dict(answer.json())

    async def quiet(self) -> None:
        """Waits until all is heard, and nothing under way or due: messages sent or given up for now, deadlines met."""

        async def idle() -> bool:
            async with self.alerts_db.transaction() as tx:
                busy = await tx.rows(
                    "SELECT 1 FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id "
                    "WHERE d.state IN ('pending', 'attempting') "
                    "UNION ALL SELECT 1 FROM outbox WHERE published_at IS NULL "
                    "UNION ALL SELECT 1 FROM offers "
                    "WHERE state IN ('open', 'acknowledged') AND next_action_at <= app_now() "
                    "UNION ALL SELECT 1 FROM pages WHERE state = 'open' AND next_action_at <= app_now() "
                    "UNION ALL SELECT 1 FROM dispatches WHERE reconsider_at <= app_now() "
                    "UNION ALL SELECT 1 FROM assignments WHERE least(check_in_next_at, on_scene_by) <= app_now() "
                    "UNION ALL SELECT 1 FROM dispatches WHERE escalate_at <= app_now() "
                    "UNION ALL SELECT 1 FROM interrupters WHERE duty_next_at <= app_now() "
                    "UNION ALL SELECT 1 FROM triages WHERE next_action_at <= app_now() "
                    "UNION ALL SELECT 1 FROM plan_steps WHERE next_action_at <= app_now() "
                    "UNION ALL SELECT 1 FROM reconsideration_requests"
                )
            async with self.intake_db.transaction() as tx:
                busy = [*busy, *await tx.rows("SELECT 1 FROM outbox WHERE published_at IS NULL")]
            return not busy and await alerts_has_heard(self.intake_db, self.alerts_db)

        await eventually(idle, within_s=60)

    async def quiet_engine(self) -> None:
        """Until the engine has gone round a few times with nothing new to take."""
        before = None

        async def unchanged() -> bool:
            nonlocal before
            async with self.alerts_db.transaction() as tx:
                now = await tx.row_or_none("SELECT beat_at FROM heartbeats WHERE role = 'engine'")
            if now is None:
                return False  # it has only just begun
            changed, before = before is not None and before != now["beat_at"], before or now["beat_at"]
            return changed

        await eventually(unchanged)

    async def end(self) -> None:
        """No phone may have anything that the story did not ask for."""
        await self.quiet()
        surplus = self.phones.surplus()
        assert not surplus, f"not expected: {surplus}"
        unpublished = {phone.name: phone.unpublished for phone in self.phones.all() if phone.unpublished}
        assert not unpublished, f"not as published in services/alerts/message_schemas: {unpublished}"
