"""The list live, from a real process: resumed exactly, in order; who may not see an incident hears that it is gone."""

from tests.support.event_streams import Received, following
from tests.support.served_intake import Served
from tests.support.waiting import eventually

PATH = "/v1/incidents/stream"


async def told(received: Received, incident_id: str, change: str) -> None:
    async def there() -> bool:
        return any(data.get("change") == change and of(data) == incident_id for _, _, data in received.events)

    await eventually(there, within_s=15)


async def greeted(received: Received) -> None:
    async def there() -> bool:
        return bool(received.events)

    await eventually(there, within_s=15)


def of(data: dict[str, dict[str, str]]) -> str | None:
    return data["incident"]["incident_id"] if "incident" in data else None


def changes(received: Received, incident_id: str) -> list[str]:
    return [data["change"] for _, name, data in received.events if name == "incident" and of(data) == incident_id]


async def test_nothing_is_lost_and_nothing_comes_twice_over_a_reconnect(served: Served) -> None:
    intake, desk, received = served.intake, served.bearer("dispatcher"), Received()
    async with following(served.url + PATH, desk, received):
        await greeted(received)
        first = (await intake.taken())["incident_id"]
        await told(received, first, "activated")
    second = (await intake.taken(kind="assault"))["incident_id"]
    await intake.decide(second, "verify")
    await intake.decide(first, "close")
    async with following(served.url + PATH, desk, received):
        await told(received, first, "closed")
        await intake.decide(second, "activate")
        await told(received, second, "activated")
    assert changes(received, first) == ["opened", "activated", "closed"]
    assert changes(received, second) == ["opened", "verified", "activated"]
    began_at, positions = received.events[0][0], received.positions()
    assert positions == list(range(began_at + 1, began_at + 1 + len(positions)))
    line = next(data["incident"] for _, _, data in reversed(received.events) if of(data) == second)
    shown = await intake.shown(second)
    assert line == {name: shown[name] for name in line}


async def test_an_incident_that_becomes_restricted_leaves_the_stream_and_takes_its_past_with_it(
    served: Served,
) -> None:
    intake, url = served.intake, served.url + PATH
    desk, supervisor, resumed, drills = Received(), Received(), Received(), Received()
    async with (
        following(url, served.bearer("dispatcher"), desk),
        following(url, served.bearer("supervisor"), supervisor),
        following(f"{url}?exercise=true", served.bearer("dispatcher"), drills),
    ):
        for received in (desk, supervisor, drills):
            await greeted(received)
        resumed.last_id = desk.last_id
        incident_id = (await intake.taken())["incident_id"]
        await told(desk, incident_id, "activated")
        reason = {"restricted": True, "reason": "worker_involved"}
        assert (await intake.decide(incident_id, "visibility", reason, role="supervisor")).status_code == 200
        await intake.decide(incident_id, "close", role="supervisor")
        after = (await intake.taken())["incident_id"]
        await told(desk, after, "activated")
        await told(supervisor, after, "activated")
        async with following(url, served.bearer("dispatcher"), resumed):
            await told(resumed, after, "activated")
        assert changes(desk, incident_id) == ["opened", "activated"]
        assert changes(supervisor, incident_id) == ["opened", "activated", "visibility_changed", "closed"]
        assert changes(resumed, incident_id) == []
        gone = [("gone", {"incident_id": incident_id})]
        for received, expected in ((desk, gone), (resumed, gone), (supervisor, []), (drills, [])):
            assert [(name, data) for _, name, data in received.events if name == "gone"] == expected
        lifted = {"restricted": False, "reason": "no_longer_needed"}
        await intake.decide(incident_id, "visibility", lifted, role="program_office")
        await told(desk, incident_id, "visibility_changed")
