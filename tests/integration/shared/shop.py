"""A tiny HTTP service: one thing to create, one to fail in every way. Made by the same factory as every service."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.auth.guards import allow, public
from shared.auth.principal import Principal, Role
from shared.kernel.errors import FieldError, Invalid, NotFound, StateConflict, Unavailable
from shared.kernel.ids import new_id
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Cursor, Limit, read_cursor
from shared.web.strict_json import StrictRoute
from tests.support.deployment import Deployment

ORDER = {"name": "bread"}
PROBLEM = "application/problem+json"
Buyer = Annotated[Principal, allow(Role.DISPATCHER, Role.SOURCE)]


class NoSuchThing(NotFound):
    """A more particular kind of the shared refusal."""


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,60}$")]
    count: Annotated[int, Field(ge=1, le=9)] = 1
    weight_kg: float = 1.0
    wanted_by: AwareDatetime | None = None


class Ordered(BaseModel):
    order_id: UUID
    name: str


class Counter:
    """What the routes did. While `gate` is closed, an order waits inside its transaction."""

    def __init__(self) -> None:
        self.orders = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.inside = asyncio.Event()


def build_shop(db: Database, settings: ServiceSettings, counter: Counter) -> FastAPI:
    routers = [_orders(counter), _failures()]
    return create_app("A shop", db, settings, routers=routers, versions=versions_of("casework"))


def _orders(counter: Counter) -> APIRouter:
    router = APIRouter(route_class=StrictRoute)

    @router.post("/v1/orders", status_code=201)
    @router.post("/v1/other-orders", status_code=201)
    async def order(wanted: Order, principal: Buyer, once: Idempotent) -> Ordered:
        async def produce(tx: Transaction) -> tuple[int, BaseModel]:
            counter.inside.set()
            await counter.gate.wait()
            made = Ordered(order_id=new_id(), name=wanted.name)
            await tx.run("INSERT INTO orders VALUES (:id, :name)", id=made.order_id, name=made.name)
            counter.orders += 1
            return 201, made

        once.require_key(principal)
        return await once.run(principal, produce)  # type: ignore[return-value] # an answer, as in every service

    @router.get("/v1/orders")
    async def orders(_: Buyer, db: Db, limit: Limit = 50, cursor: Cursor = None) -> list[str]:
        keys = read_cursor(cursor, 1)
        async with db.transaction() as tx:
            found = await tx.rows(
                "SELECT name FROM orders WHERE name > :after ORDER BY name LIMIT :limit",
                after=keys[0] if keys else "",
                limit=limit,
            )
        return [row["name"] for row in found]

    return router


def _failures() -> APIRouter:
    router = APIRouter(route_class=StrictRoute)

    @router.get("/v1/failures/{kind}")
    @public
    async def fail(kind: str, db: Db) -> None:
        async with db.transaction() as tx:
            if kind == "constraint":
                await tx.run("INSERT INTO orders VALUES (:id, 'canary-taken')", id=new_id())
            if kind == "argument":
                await tx.run("SELECT CAST(:x AS bigint)", x="canary")
        raise {
            "bug": RuntimeError("canary"),
            "not-found": NotFound("no such thing"),
            "no-such-thing": NoSuchThing("no such thing"),
            "state": StateConflict("it is closed", state="closed"),
            "invalid": Invalid(FieldError("/count", "is more than there are")),
            "unavailable": Unavailable("the desk is closed"),
        }[kind]

    return router


@dataclass
class Shop:
    deployment: Deployment
    db: Database
    app: FastAPI
    counter: Counter

    def client(self, *roles: str, app: Any = None, **claims: Any) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.deployment.token(*roles, **claims)}"} if roles else {}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app or self.app), base_url="http://shop.test", headers=headers
        )

    async def count(self) -> int:
        async with self.db.transaction() as tx:
            return int((await tx.row("SELECT count(*) AS n FROM orders"))["n"])


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    body: dict[str, Any] = answer.json()
    assert body["type"].endswith("/" + slug)
    assert body["status"] == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["traceparent"]
    return body
