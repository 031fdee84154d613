"""Makes the made-up city known through the public interface: people, and where their phones are called.

Each supervisor registers the own organization's people and phones, the dispatcher the duty desk's.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from uuid import UUID

from deploy.local.demo.api import Api
from deploy.local.demo.city import LICENSED_SINCE, CaseManager, City, Interrupter
from deploy.local.demo.manners import Manner
from deploy.local.demo.phones import PhoneConfig
from deploy.local.stack import LocalStack

AT_ONCE = 8
DUTY_DESK = "duty-desk"


@dataclass(frozen=True, slots=True)
class PhonePorts:
    listening: int
    refusing: int


class Registrar:
    def __init__(self, stack: LocalStack, api: Api, ports: PhonePorts) -> None:
        self._stack = stack
        self._api = api
        self._alerts = stack.wiring.url("alerts")
        self._ports = ports
        self._places = asyncio.Semaphore(AT_ONCE)

    async def make_known(self, city: City) -> tuple[PhoneConfig, ...]:
        """Returns the phones with the secrets that they were given."""
        people = [self._interrupter(one) for one in city.interrupters]
        desks = [self._desk(f"desk-of-{index}", one) for index, one in enumerate(city.organizations, start=1)]
        await self._together(self._case_manager(one) for one in city.case_managers)
        return tuple(await self._together([*people, *desks, self._duty_desk()]))

    async def _together(self, works: Iterable[Awaitable[PhoneConfig | None]]) -> list[PhoneConfig]:
        async def one(work: Awaitable[PhoneConfig | None]) -> PhoneConfig | None:
            async with self._places:
                return await work

        return [made for made in await asyncio.gather(*map(one, works)) if made is not None]

    async def _interrupter(self, one: Interrupter) -> PhoneConfig:
        token = self._supervisor(one.organization)
        await self._worker(
            token,
            {
                "id": str(one.worker),
                "organization_id": str(one.organization),
                "call_sign": one.call_sign,
                "roles": ["scene", "hospital", "family"],
                "team_community": one.team,
                "floater": one.team is None,
                "home": {"lat": one.home.lat, "lon": one.home.lon},
                "licences": [{"community": area, "from_day": LICENSED_SINCE} for area in one.licences],
                "on_duty": True,
            },
        )
        port = self._ports.refusing if one.manner is Manner.REFUSES else self._ports.listening
        secret = await self._endpoint(token, {"kind": "interrupter", "id": str(one.worker)}, one.call_sign, port)
        own = self._stack.token(["interrupter"], sub=one.call_sign, org=str(one.organization), worker=str(one.worker))
        return PhoneConfig(name=one.call_sign, secret=secret, token=own, manner=one.manner)

    async def _case_manager(self, one: CaseManager) -> None:
        """Case managers are workers too; nobody asks them to a scene."""
        await self._worker(
            self._supervisor(one.organization),
            {
                "id": str(one.worker),
                "organization_id": str(one.organization),
                "call_sign": one.call_sign,
                "roles": ["family"],
                "team_community": one.community,
                "home": {"lat": one.home.lat, "lon": one.home.lon},
                "on_duty": False,
            },
        )

    async def _desk(self, name: str, organization: UUID) -> PhoneConfig:
        token = self._supervisor(organization)
        owner = {"kind": "supervisor", "id": str(organization)}
        secret = await self._endpoint(token, owner, name, self._ports.listening)
        return PhoneConfig(name=name, secret=secret, token=token)

    async def _duty_desk(self) -> PhoneConfig:
        token = self._stack.token(["dispatcher"], sub=DUTY_DESK)
        secret = await self._endpoint(token, {"kind": "duty_dispatcher"}, DUTY_DESK, self._ports.listening)
        return PhoneConfig(name=DUTY_DESK, secret=secret, token=token)

    async def _worker(self, token: str, body: dict[str, object]) -> None:
        await self._api.must("POST", f"{self._alerts}/v1/interrupters", token, body)

    async def _endpoint(self, token: str, owner: dict[str, str], name: str, port: int) -> str:
        body = {"owner": owner, "url": f"http://127.0.0.1:{port}/phones/{name}"}
        made = await self._api.must("POST", f"{self._alerts}/v1/webhook-endpoints", token, body)
        return str(made["secret"])

    def _supervisor(self, organization: UUID) -> str:
        return self._stack.token(["supervisor"], sub=f"supervisor-{organization}", org=str(organization))
