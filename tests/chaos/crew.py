"""Who takes part: interrupters with a phone each, the desks, their tokens. Registered over the public API.

The programme is the one of the stories; its policy has deadlines of seconds, so that a minute sees many of them pass.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import aiohttp

from deploy.local.stack import LocalStack
from tests.chaos.history import Receiver
from tests.chaos.script import ALDER, BIRCH, SOURCES
from tests.support.processes import load_programme
from tests.support.world import OAK_STREET, PROGRAMME, RIVER_ROAD

# Longer than anybody waits for a lock (10 s): deadlines are counted from the beginning of the transaction that asks.
POLICY_CHANGES = {
    "name": "chaos",
    "acknowledge_within_s": 12,
    "accept_within_s": 16,
    "undelivered_after_s": 5,
    "rest_s": 0,
    "page_repeat_s": 10,
    "radius_steps_m": [1500, None],
    "escalation": [{"to": "next_tier", "after_s": 8}, {"to": "dispatcher", "after_s": 86400}],
    "rules": [
        {
            "name": "a_stabbing_is_asked_for_twice_at_a_time",
            "when": {"kinds": ["stabbing"]},
            "terms": {"parallel_offers": 2},
        }
    ],
}
KEPT = "crew.json"
CALL_SIGNS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Crew:
    """Everything the phones and the driver must know, in one file between the processes."""

    seed: int
    intake: str
    alerts: str
    workers: tuple[Receiver, ...]
    desks: tuple[Receiver, ...]
    tokens: dict[str, str]
    policy: dict[str, Any]

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / KEPT).write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, folder: Path) -> "Crew":
        kept = json.loads((folder / KEPT).read_text())
        people = {name: tuple(Receiver(**one) for one in kept[name]) for name in ("workers", "desks")}
        return cls(**(kept | people))


async def gather_crew(stack: LocalStack, *, seed: int, count: int, phones_port: int) -> Crew:
    policy = json.loads((PROGRAMME / "dispatch_policy.json").read_text()) | POLICY_CHANGES
    policy_file = stack.places.state / "policy.json"
    policy_file.write_text(json.dumps(policy))
    await load_programme(stack, PROGRAMME, str(policy_file))
    office = {"Authorization": f"Bearer {stack.token(['program_office', 'admin'])}"}
    async with aiohttp.ClientSession(stack.wiring.url("alerts"), headers=office) as session:
        registrar = _Registrar(session, phones_port)
        desks = [await registrar.desk("duty_dispatcher", None)]
        desks += [await registrar.desk("supervisor", owner) for owner in (OAK_STREET, RIVER_ROAD)]
        chance = Random(f"{seed} crew")
        workers = [await registrar.worker(number, chance) for number in range(count)]
    tokens = {one.id: stack.token(["interrupter"], worker=one.id, sub=one.id) for one in workers}
    tokens |= {name: stack.token(["source"], sub=name, source_kind=kind) for name, kind in SOURCES.items()}
    tokens["desk"] = stack.token(["dispatcher"], sub="desk")
    return Crew(
        seed, stack.wiring.url("intake"), stack.wiring.url("alerts"), tuple(workers), tuple(desks), tokens, policy
    )


class _Registrar:
    def __init__(self, session: aiohttp.ClientSession, phones_port: int) -> None:
        self._session = session
        self._port = phones_port

    async def worker(self, number: int, chance: Random) -> Receiver:
        """Every third is a floater; the others belong to one of two communities and are licensed in both."""
        worker, floater = str(UUID(int=chance.getrandbits(128), version=4)), number % 3 == 0
        (lat, lon), community, organization = ((ALDER, "alder", OAK_STREET), (BIRCH, "birch", RIVER_ROAD))[number % 2]
        home = {"lat": lat + chance.uniform(-0.02, 0.02), "lon": lon + chance.uniform(-0.02, 0.02)}
        body = {
            "id": worker,
            "organization_id": str(organization),
            "call_sign": f"{CALL_SIGNS[number % 26]}-{number}",
            "roles": ["scene"],
            "team_community": None if floater else community,
            "floater": floater,
            "home": home,
            "licences": [{"community": name, "from_day": "2021-01-01"} for name in ("alder", "birch")],
            "on_duty": True,
        }
        await self._created("/v1/interrupters", body)
        endpoint, secret = await self._endpoint({"kind": "interrupter", "id": worker}, worker)
        return Receiver(worker, endpoint, secret, home=home, community=None if floater else community, floater=floater)

    async def desk(self, kind: str, owner: UUID | None) -> Receiver:
        name = kind if owner is None else f"{kind}-{owner}"
        endpoint, secret = await self._endpoint({"kind": kind} | ({"id": str(owner)} if owner else {}), name)
        return Receiver(name, endpoint, secret, kind=kind)

    async def _endpoint(self, owner: dict[str, str], name: str) -> tuple[str, str]:
        made = await self._created(
            "/v1/webhook-endpoints", {"owner": owner, "url": f"http://127.0.0.1:{self._port}/{name}"}
        )
        return made["id"], made["secret"]

    async def _created(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(path, json=body) as answer:
            assert answer.status == 201, f"{path}: {answer.status} {await answer.text()}"
            return dict(await answer.json())
