"""What a supervisor lives through in a day or two: a gap in the roster, an incident on the board, a triage put off."""

from datetime import timedelta
from typing import Any

import httpx

from services.alerts.usecases.duty.watch_rosters import watch_rosters
from tests.support.boards import comes_next
from tests.support.event_streams import Received, following_in_process
from tests.support.planning import ZONE, Planner
from tests.support.triages import hold, supervisor
from tests.support.waiting import eventually
from tests.support.world import OAK_STREET, World

STREAM = "/v1/dispatches/stream?mine=true"


async def another_engine_looks_at_the_rosters(world: World) -> None:
    """The story's own does so every few seconds, which would have to be waited for."""
    while await world.alerts_db.retrying(watch_rosters):
        pass


async def minutes_pass(world: World) -> None:
    """Until rosters are looked at again."""
    await world.advance(minutes=6)
    await another_engine_looks_at_the_rosters(world)


async def test_a_gap_is_told_once_the_board_lives_and_of_a_triage_the_page_alone_comes(world: World) -> None:
    await world.asks(roster_ahead_days=2)
    heron, planner = await world.on_duty("heron", duty=False), Planner(world, OAK_STREET)
    await another_engine_looks_at_the_rosters(world)  # nobody has shifts yet, and none is missed
    began = (await planner.now()).replace(second=0, microsecond=0) - timedelta(hours=1)
    await planner.shift(heron, began, hours=8)
    await minutes_pass(world)
    day = (began + timedelta(hours=8)).astimezone(ZONE).date()
    page = await world.dispatcher.is_paged("alarm", subject=f"alerts/roster_gap/alder/scene/{day}")
    await world.dispatcher.acknowledges(page)
    assert len(await gaps(world)) == 1
    await minutes_pass(world)
    kestrel = await world.on_duty("kestrel", km=3, duty=False)
    for number in range(7):
        await planner.shift(kestrel, began + timedelta(days=number), hours=24)
    await minutes_pass(world)
    assert await gaps(world) == []

    for muted, status in (("truce.page.triage_overdue", 422), ("truce.triage.due_soon", 200)):
        assert (await mutes(world, muted)).status_code == status
    board = Received()
    async with following_in_process(world.deployment.app("alerts"), STREAM, supervisor(world), board):
        incident = await world.activated_incident()
        offer = await heron.is_offered(incident)
        [scene] = (await told(board, "offer.made"))["roles"]
        assert [one["call_sign"] for one in scene["asked"]] == ["heron"]
        assignment = await heron.accepts(offer)
        [scene] = (await told(board, "offer.accepted"))["roles"]
        assert [(one["call_sign"], one["state"]) for one in scene["having"]] == [("heron", "accepted")]

    await heron.does(assignment, "on-scene")
    await heron.does(assignment, "clear")
    assert await comes_next(world, incident) == "triage_reminded"
    await world.advance(hours=21)
    await world.quiet()
    assert await comes_next(world, incident) == "triage_overdue"
    await world.advance(hours=3)
    await world.supervisor.is_paged("triage_overdue", incident_id=incident)
    assert (await hold(world, incident)).status_code == 201


async def mutes(world: World, kind: str) -> httpx.Response:
    """The supervisor, on the own phone."""
    path = f"/v1/webhook-endpoints/{world.supervisor.phone.endpoint_id}/muted"
    return await world.alerts.put(path, json=[kind], headers=supervisor(world) | {"If-Match": "*"})


async def told(board: Received, change: str) -> dict[str, Any]:
    """The board's line as it was told with this change."""

    async def there() -> list[dict[str, Any]]:
        return [data["dispatch"] for _, _, data in board.events if data.get("change") == change]

    return (await eventually(there))[0]


async def gaps(world: World) -> list[Any]:
    answer = await world.alerts.get("/v1/readiness?days=2", headers=supervisor(world))
    [alder] = answer.json()["items"]
    return list(alder["roles"][0]["gaps"])
