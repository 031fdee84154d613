"""Intake with the District's programme loaded: reports to post, with everything defaulted but the fact under test."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from services.intake.app import build_app
from services.intake.area_files import areas_of
from services.intake.areas_index import Area
from services.intake.programme import load_programme, read_programme, sets_of
from services.intake.usecases.load_programme import Loaded
from services.intake.usecases.load_programme import load_programme as take_over
from shared.kernel.ids import random_id
from shared.kernel.vocabulary import AreaKind
from shared.persistence.database import Database
from tests.support.database_pool import Contents
from tests.support.deployment import Deployment

DC = Path(__file__).parents[2] / "deploy" / "programs" / "dc_onse"
OWN_TABLES = ("incidents", "reports", "decisions", "outbox", "idempotency_keys")


@cache
def dc_document() -> dict[str, Any]:
    return read_programme(DC)


async def _load_dc(db: Database) -> None:
    async with db.transaction() as tx:
        await take_over(tx, dc_document())


WITH_DC = Contents("intake", "dc", _load_dc)


def telling_all_apart(programme: dict[str, Any]) -> dict[str, Any]:
    """The programme's sections, by which only the same instant and point are one event."""
    nothing = {f"{how}_within_{unit}": 0 for how in ("certain", "possible") for unit in ("s", "m")} | {"late_by_s": {}}
    return programme | {"sameness": nothing}


@cache
def dc_areas(*kinds: AreaKind) -> tuple[Area, ...]:
    """Of the kinds given, or all."""
    city, sets = load_programme(DC).city, sets_of(dc_document())
    found = [area for name, one in sets for area in areas_of(one.collection, one.kind, name, city)]
    return tuple(area for area in found if not kinds or area.kind in kinds)


def point_in(community: str) -> dict[str, float]:
    lat, lon = _inside(community)
    return {"lat": lat, "lon": lon}


@cache
def _inside(community: str) -> tuple[float, float]:
    areas = dc_areas(AreaKind.COMMUNITY)
    inside = next(area.outline for area in areas if area.area_id == community).representative_point()
    return round(inside.y, 5), round(inside.x, 5)


def ago(**by: float) -> str:
    return (datetime.now(UTC) - timedelta(**by)).isoformat()


def a_report(**said: Any) -> dict[str, Any]:
    """A shooting ten minutes ago in Park View; `...` leaves a field out."""
    body = {
        "kind": "shooting",
        "occurred_at": ago(minutes=10),
        "location": point_in("park-view"),
        "injured": 1,
        "killed": 0,
        "weapon": "firearm",
        "relationship": "unknown",
        "active_threat": False,
        "exercise": False,
    } | said
    return {name: value for name, value in body.items() if value is not ...}


class Intake:
    """`db` serves the tests and the app alike; the app runs without its start, and so reads nothing ahead."""

    def __init__(self, deployment: Deployment, db: Database) -> None:
        self.deployment = deployment
        self.db = db
        self._transport = httpx.ASGITransport(build_app(db, deployment.settings("intake")), raise_app_exceptions=False)
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def load(self, document: dict[str, Any]) -> Loaded:
        async with self.db.transaction() as tx:
            return await take_over(tx, document)

    def source(self, kind: str = "police", sub: str | None = None) -> httpx.AsyncClient:
        """A machine or desk of that kind; each kind one identity unless `sub` says another."""
        return self.client("source", sub=sub or f"{kind}-feed", source_kind=kind)

    def staff(self, role: str = "dispatcher", sub: str | None = None) -> httpx.AsyncClient:
        return self.client(role, sub=sub or f"a-{role}")

    def client(self, *roles: str, **claims: str) -> httpx.AsyncClient:
        """Without roles: no token."""
        name = f"{roles} {claims}"
        if name not in self._clients:
            headers = {"Authorization": f"Bearer {self.deployment.token(*roles, **claims)}"} if roles else {}
            self._clients[name] = httpx.AsyncClient(
                transport=self._transport, base_url="http://truce.test", headers=headers
            )
        return self._clients[name]

    async def post(
        self, body: dict[str, Any], *, by: httpx.AsyncClient | None = None, key: str | None = None
    ) -> httpx.Response:
        """By the police feed and with a fresh Idempotency-Key unless said otherwise."""
        client = by or self.source()
        return await client.post("/v1/reports", json=body, headers={"Idempotency-Key": key or random_id().hex})

    async def taken(self, by: httpx.AsyncClient | None = None, **said: Any) -> dict[str, Any]:
        answer = await self.post(a_report(**said), by=by)
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    async def decide(self, incident_id: str, verb: str, body: Any = None, role: str = "dispatcher") -> httpx.Response:
        client = self.staff(role)
        return await client.post(f"/v1/incidents/{incident_id}/{verb}", json=body if body is not None else {})

    async def shown(self, incident_id: str) -> dict[str, Any]:
        answer = await self.staff().get(f"/v1/incidents/{incident_id}")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def events(self, incident_id: str | None = None, topic: str = "intake.incidents") -> list[tuple[str, int]]:
        """(last words of the type, version) of what stands in the outbox, in the order it will be published. Of one
        incident no version is left out or told twice: whoever hears of it passes over a version that was there before.
        """
        async with self.db.transaction() as tx:
            rows = await tx.rows(
                "SELECT headers FROM outbox WHERE topic = :topic AND (CAST(:key AS text) IS NULL OR key = :key) "
                "ORDER BY id",
                topic=topic,
                key=incident_id,
            )
        told = [(row["headers"]["ce_type"].split(".")[-2], int(row["headers"]["ce_aggregateversion"])) for row in rows]
        assert incident_id is None or [version for _, version in told] == list(range(1, len(told) + 1)), told
        return told

    async def counts(self) -> dict[str, int]:
        async with self.db.transaction() as tx:
            return {
                table: (await tx.row(f"SELECT count(*) AS n FROM {table} WHERE {_RELEVANT[table]}"))["n"]
                for table in OWN_TABLES
            }


_RELEVANT = dict.fromkeys(OWN_TABLES, "true") | {"outbox": "topic = 'intake.incidents'"}
NOTHING = dict.fromkeys(OWN_TABLES, 0)
