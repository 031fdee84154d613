"""Swaps and covers: asked for, agreed, effective; each shift has one holder, whoever asks at the same moment."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.alerts.jobs import look_for_due
from services.alerts.usecases.duty.lapse_trades import lapse_trades
from services.alerts.usecases.programme.load_policy import load_policy
from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import Workforce, created, pointers
from tests.support.planning import ZONE, weekly, whole_minute

HOUR = timedelta(hours=1)


@dataclass
class Team:
    """Two people with a shift each, one after the other, begun for the first of them."""

    workforce: Workforce
    org: str
    heron: dict[str, Any]
    kestrel: dict[str, Any]
    day: date
    next_day: date

    async def acting(self, who: dict[str, Any]) -> httpx.AsyncClient:
        return await self.workforce.acting("interrupter", org=self.org, worker=who["id"])

    async def supervisor(self) -> httpx.AsyncClient:
        return await self.workforce.acting("supervisor", org=self.org)

    def swap(self, **taker: Any) -> dict[str, Any]:
        """Heron's running shift for kestrel's next one; `taker` changes kestrel's side."""
        gives = {"shift_id": self.kestrel["shift"], "day": self.next_day.isoformat()}
        return {
            "giver": {
                "interrupter_id": self.heron["id"],
                "gives": {"shift_id": self.heron["shift"], "day": self.day.isoformat()},
            },
            "taker": {"interrupter_id": self.kestrel["id"], "gives": gives} | taker,
        }

    def cover(self) -> dict[str, Any]:
        return self.swap(gives=None)

    async def on_duty(self) -> set[str]:
        rows = await self.workforce.all("SELECT call_sign FROM interrupters WHERE on_duty")
        return {row["call_sign"] for row in rows}


@pytest.fixture
async def team(workforce: Workforce) -> Team:
    async with workforce.db.transaction() as tx:
        await load_policy(tx, "p", {"time_zone": str(ZONE)})
    org = (await workforce.organization())["id"]
    begins = whole_minute(await workforce.one("SELECT app_now()")) - HOUR
    people = {}
    supervisor = await workforce.acting("supervisor", org=org)
    for name, at in (("heron", begins), ("kestrel", begins + 24 * HOUR)):
        people[name] = await workforce.interrupter(org, call_sign=name)
        path = f"/v1/interrupters/{people[name]['id']}/shifts"
        people[name]["shift"] = created(await supervisor.post(path, json=weekly(at, at + 8 * HOUR)))["id"]
    days = [(begins + hours * HOUR).astimezone(ZONE).date() for hours in (0, 24)]
    return Team(workforce, org, people["heron"], people["kestrel"], *days)


async def holders(team: Team) -> int:
    return int(await team.workforce.one("SELECT count(*) FROM shift_holders"))


async def test_a_swap_is_effective_when_the_other_has_agreed(team: Team) -> None:
    heron, kestrel = await team.acting(team.heron), await team.acting(team.kestrel)
    trade = created(await heron.post("/v1/shift-trades", json=team.swap()))
    path = f"/v1/shift-trades/{trade['id']}"
    assert (trade["state"], trade["requested_by"]) == ("requested", team.heron["id"])
    assert await team.on_duty() == {"heron"}
    assert (await heron.post(f"{path}/agree")).status_code == 403
    for _ in range(2):
        agreed = await kestrel.post(f"{path}/agree")
        assert (agreed.status_code, agreed.json()["state"]) == (200, "effective")
    assert await team.on_duty() == {"kestrel"}
    assert (await heron.post(f"{path}/withdraw")).json()["state"] == "effective"
    plan = (await heron.get(f"/v1/interrupters/{team.heron['id']}/plan")).json()
    assert plan["given"] == [{"shift_id": team.heron["shift"], "day": team.day.isoformat()}]
    assert [taken["shift"]["id"] for taken in plan["taken"]] == [team.kestrel["shift"]]
    assert await holders(team) == 2


async def test_whoever_changed_the_contractor_meanwhile_cannot_agree_but_decline(team: Team) -> None:
    heron = await team.acting(team.heron)
    trade = created(await heron.post("/v1/shift-trades", json=team.swap()))
    path, theirs = f"/v1/shift-trades/{trade['id']}", (await team.workforce.organization())["id"]
    moved = {"organization_id": theirs, "team_community": "petworth", "reason": "contractor_changed"}
    office = await team.workforce.acting("program_office")
    placed = await office.put(f"/v1/interrupters/{team.kestrel['id']}/placement", json=moved, headers={"If-Match": "*"})
    assert placed.status_code == 200, placed.text
    kestrel = await team.workforce.acting("interrupter", org=theirs, worker=team.kestrel["id"])
    refused = await kestrel.post(f"{path}/agree")
    assert (refused.status_code, refused.json()["state"]) == (409, "changed")
    assert await team.on_duty() == {"heron"}
    assert (await kestrel.post(f"{path}/decline")).json()["state"] == "declined"


@pytest.mark.parametrize(
    ("who", "action", "state"), [("kestrel", "decline", "declined"), ("heron", "withdraw", "withdrawn")]
)
async def test_a_trade_that_is_declined_or_taken_back_changes_nothing(
    team: Team, who: str, action: str, state: str
) -> None:
    heron, kestrel = await team.acting(team.heron), await team.acting(team.kestrel)
    trade = created(await heron.post("/v1/shift-trades", json=team.cover()))
    path = f"/v1/shift-trades/{trade['id']}"
    caller = kestrel if who == "kestrel" else heron
    for _ in range(2):
        assert (await caller.post(f"{path}/{action}")).json()["state"] == state
    refused = await kestrel.post(f"{path}/agree")
    assert (refused.status_code, refused.json()["state"]) == (409, state)
    assert await team.on_duty() == {"heron"}
    assert await holders(team) == 0


async def test_a_supervisor_has_a_shift_covered_outright(team: Team) -> None:
    trade = created(await (await team.supervisor()).post("/v1/shift-trades", json=team.cover()))
    assert (trade["state"], trade["requested_by"]) == ("effective", None)
    assert await team.on_duty() == {"kestrel"}


async def test_what_was_taken_over_is_given_back_by_another_trade(team: Team) -> None:
    supervisor = await team.supervisor()
    created(await supervisor.post("/v1/shift-trades", json=team.cover()))
    back = {
        "giver": {"interrupter_id": team.kestrel["id"], "gives": team.cover()["giver"]["gives"]},
        "taker": {"interrupter_id": team.heron["id"]},
    }
    created(await supervisor.post("/v1/shift-trades", json=back))
    assert await team.on_duty() == {"heron"}
    plan = (await supervisor.get(f"/v1/interrupters/{team.heron['id']}/plan")).json()
    assert (plan["given"], plan["taken"]) == ([], [])


async def test_two_who_agree_at_the_same_moment_share_no_shift(team: Team) -> None:
    teal = await team.workforce.interrupter(team.org, call_sign="teal")
    heron = await team.acting(team.heron)
    trades = []
    for taker in (team.kestrel, teal):
        body = team.cover() | {"taker": {"interrupter_id": taker["id"]}}
        trades.append((taker, created(await heron.post("/v1/shift-trades", json=body))["id"]))
    callers = [(await team.acting(taker), f"/v1/shift-trades/{trade}/agree") for taker, trade in trades]
    answers = await asyncio.gather(*(caller.post(path) for caller, path in callers))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["state"] == "changed"
    assert await holders(team) == 1
    assert len(await team.on_duty()) == 1


async def test_a_trade_lapses_with_the_shift_and_whoever_asked_and_the_supervisors_are_told_once(team: Team) -> None:
    admin = await team.workforce.acting("admin")
    for owner in ({"kind": "interrupter", "id": team.heron["id"]}, {"kind": "supervisor", "id": team.org}):
        created(await admin.post("/v1/webhook-endpoints", json={"owner": owner, "url": "https://example.org/hook"}))
    heron, kestrel = await team.acting(team.heron), await team.acting(team.kestrel)
    trade = created(await heron.post("/v1/shift-trades", json=team.cover()))
    assert not await team.workforce.db.retrying(lapse_trades)
    await team.workforce.deployment.advance(hours=8)
    path = f"/v1/shift-trades/{trade['id']}"
    assert (await kestrel.get(path)).json()["state"] == "lapsed"
    refused = await kestrel.post(f"{path}/agree")
    assert (refused.status_code, refused.json()["state"]) == (409, "lapsed")
    async with team.workforce.db.transaction() as tx:
        assert "lapse_trades" in await look_for_due(tx)
    several = await asyncio.gather(*(team.workforce.db.retrying(lapse_trades) for _ in range(4)))
    assert sorted(several) == [False, False, False, True]
    told = await team.workforce.all(
        "SELECT e.owner_kind FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id "
        "WHERE d.kind = 'shift_trade.lapsed' ORDER BY 1"
    )
    assert [one["owner_kind"] for one in told] == ["interrupter", "supervisor"]
    assert (await heron.get(path)).json()["state"] == "lapsed"
    assert (await kestrel.post(f"{path}/agree")).status_code == 409


async def test_a_trade_that_cannot_be_names_what_is_wrong_and_leaves_nothing(team: Team) -> None:
    supervisor, heron = await team.supervisor(), await team.acting(team.heron)
    created(await supervisor.post(f"/v1/interrupters/{team.kestrel['id']}/shifts", json=shift_now(team)))
    swap, cover = team.swap(), team.cover()
    own = swap["taker"]["gives"]
    for body, pointer in (
        (cover, "/taker/interrupter_id"),
        (swap | {"giver": swap["giver"] | {"gives": own}}, "/giver/gives"),
        (team.swap(gives=own | {"day": "2020-01-06"}), "/taker/gives"),
        (team.swap(gives=own | {"shift_id": str(new_id())}), "/taker/gives"),
        (team.swap(gives=own | {"day": "tomorrow"}), "/taker/gives/day"),
        (team.swap(interrupter_id=team.heron["id"]), "/taker/interrupter_id"),
        (team.swap(interrupter_id=str(new_id())), "/taker/interrupter_id"),
        (cover | {"note": "please"}, "/note"),
    ):
        for caller in (supervisor, heron):
            answer = await caller.post("/v1/shift-trades", json=body)
            assert (answer.status_code, pointers(answer)) == (422, [pointer]), body
    assert await team.workforce.one("SELECT count(*) FROM shift_trades") == 0


def shift_now(team: Team) -> dict[str, Any]:
    at = datetime.combine(team.day, datetime.min.time(), ZONE)
    return weekly(at, at) | {"starts": "00:00", "ends": "00:00"}


async def test_a_trade_is_found_by_the_two_and_by_whoever_plans_for_one_of_them(team: Team) -> None:
    elsewhere = (await team.workforce.organization())["id"]
    stranger = await team.workforce.interrupter(elsewhere, call_sign="teal")
    heron = await team.acting(team.heron)
    foreign = team.swap(interrupter_id=stranger["id"], gives=None)
    assert pointers(await heron.post("/v1/shift-trades", json=foreign)) == ["/taker/interrupter_id"]
    trade = created(await heron.post("/v1/shift-trades", json=team.cover()))
    colleague = await team.workforce.interrupter(team.org, call_sign="wren")
    for role, claims, sees in (
        ("interrupter", {"org": team.org, "worker": team.heron["id"]}, True),
        ("interrupter", {"org": team.org, "worker": team.kestrel["id"]}, True),
        ("supervisor", {"org": team.org}, True),
        ("program_office", {}, True),
        ("interrupter", {"org": team.org, "worker": colleague["id"]}, False),
        ("interrupter", {"org": elsewhere, "worker": stranger["id"]}, False),
        ("supervisor", {"org": elsewhere}, False),
    ):
        caller = await team.workforce.acting(role, **claims)
        path = f"/v1/shift-trades/{trade['id']}"
        assert (await caller.get(path)).status_code == (200 if sees else 404), (role, claims)
        assert len((await caller.get("/v1/shift-trades")).json()["items"]) == int(sees)
        if not sees:
            assert (await caller.post(f"{path}/agree")).status_code == 404


async def test_a_trade_of_a_shift_to_come_lapses_as_it_begins(team: Team) -> None:
    kestrel = await team.acting(team.kestrel)
    body = team.swap()
    body["giver"], body["taker"] = body["taker"], {"interrupter_id": team.heron["id"]}
    trade = created(await kestrel.post("/v1/shift-trades", json=body))
    await team.workforce.deployment.advance(hours=22)
    assert not await team.workforce.db.retrying(lapse_trades)
    await team.workforce.deployment.advance(hours=1, minutes=1)
    assert await team.workforce.db.retrying(lapse_trades)
    assert (await kestrel.get(f"/v1/shift-trades/{trade['id']}")).json()["state"] == "lapsed"
