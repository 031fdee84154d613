"""The demo on a stack of its own: a shortened week that adds up, and planted faults that must not go unseen."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from rich.console import Console

from deploy.local.demo.arrivals import Arrivals
from deploy.local.demo.conclude import conclude
from deploy.local.demo.outcome import dead_letter_log
from deploy.local.demo.run import Demo, DemoOptions, Played, stack_options
from deploy.local.demo.summary import Summary, show
from deploy.local.ports import Ports
from deploy.local.stack import LocalStack
from shared.contracts.event import Event
from shared.contracts.events.organizations import OrganizationRegistered, OrganizationSnapshot
from shared.contracts.topics import ORGANIZATIONS, SERVICES, consumed_by
from shared.kernel.ids import new_id
from shared.messaging.envelope import headers_of
from shared.messaging.kafka import make_producer
from tests.support.waiting import eventually

SHORT = DemoOptions(within=timedelta(seconds=14), most=26)


@dataclass
class Performed:
    stack: LocalStack
    played: Played
    summary: Summary
    printed: str


@pytest_asyncio.fixture(scope="module")
async def performed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Performed]:
    screen = io.StringIO()
    console = Console(file=screen, width=160)
    stack = LocalStack(tmp_path_factory.mktemp("demo"), Ports.free(), stack_options(durable=False))
    async with stack:
        await stack.start()
        demo = asyncio.create_task(Demo(stack, SHORT, console).play())
        await asyncio.wait([demo], timeout=10)
        stack.process("alerts-engine").kill()
        played = await demo
        summary = await conclude(stack, played)
        show(summary, console)
        yield Performed(stack, played, summary, screen.getvalue())
    stack.wipe()


async def test_a_shortened_week_adds_up_though_a_process_is_killed_in_the_middle(performed: Performed) -> None:
    summary = performed.summary
    assert summary.faults == []
    assert summary.exit_code == 0
    assert summary.reconciled
    assert summary.reports == {"opened": 26}
    assert summary.made_up_calls == {"opened": 1, "screened_out": 1}
    assert summary.incidents == 28
    assert summary.activated == {"by policy": 10, "by the dispatcher": 5}
    assert summary.follow_ups == {"fss_referral": 5, "triage": 15}
    assert summary.handoffs == {"accepted": 2, "rejected": 1, "requested": 1}
    assert summary.dead_letters == 0
    assert summary.events["alerts.workers"] == 67
    # Somebody for the scene of each, and for the families of those who died.
    assert summary.offers["accepted"] == 15 + 5
    assert summary.restarts == {"alerts-engine": 1}


async def test_each_incident_has_its_line_and_the_summary_is_written_whole(
    performed: Performed, tmp_path: Path
) -> None:
    lines = [line for line in performed.printed.splitlines() if line[:3] in {"Mon", "Tue", "Wed", "Thu"}]
    assert sum(" HAS IT" in line for line in lines) == 15
    assert sum("its kind never activates by itself" in line for line in lines) == 11
    assert any("--:-- homicide" in line and line.endswith("a date without a time") for line in lines)
    assert "dc_victim_hotline" in performed.printed
    assert "All of it adds up." in performed.printed
    performed.summary.write(tmp_path / "summary.json")
    written = json.loads((tmp_path / "summary.json").read_text())
    assert written["ok"]
    assert written["reconciled"]
    assert {"reports", "skipped", "offers", "exhausted", "first_webhook_ms", "events", "dead_letters"} <= written.keys()


async def test_a_message_with_a_wrong_signature_is_refused_counted_and_a_fault(performed: Performed) -> None:
    name = performed.played.city.interrupters[0].call_sign
    phones = performed.stack.process("phones").spec.address
    headers = {
        "webhook-id": "forged",
        "webhook-timestamp": str(int(datetime.now(UTC).timestamp())),
        "webhook-signature": "v1,Zm9yZ2Vk",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{phones}/phones/{name}", data=b"{}", headers=headers) as answer,
    ):
        assert answer.status == 401
    arrivals = Arrivals(performed.played.arrivals.path)
    arrivals.read_on()
    assert arrivals.bad_signatures == {name: 1}
    summary = await conclude(performed.stack, performed.played)
    assert summary.faults == [f"1 webhooks to {name} had a wrong signature"]
    assert summary.exit_code == 1


async def test_an_event_that_reporting_does_not_know_is_a_difference(performed: Performed) -> None:
    stack = performed.stack
    await stack.supervisor.halt("reporting-stream")
    event = registered()
    await send(stack, event, event.model_dump_json(exclude_none=True).encode())
    summary = await conclude(stack, performed.played, catch_up_within_s=1)
    assert not summary.reconciled
    assert summary.exit_code == 1
    assert summary.differences == (
        "reporting did not read the topics to their end in time",
        "events by topic: alerts.organizations: the topics say 5, reporting says 4",
    )


async def test_records_that_were_set_aside_are_counted_alike_on_all_sides_however_many(performed: Performed) -> None:
    """A broken record counts as an event on its topic, and is none for reporting: that difference is right."""
    stack, event = performed.stack, registered()
    await stack.supervisor.resume("reporting-stream")
    for _ in range(3):
        await send(stack, event, b"no longer JSON")
    expected = 3 * sum(ORGANIZATIONS in consumed_by(service) for service in SERVICES)

    async def all_are_set_aside() -> bool:
        log = dead_letter_log(stack)
        return len(await log.read_to(await log.ends())) == expected

    await eventually(all_are_set_aside, within_s=30)
    summary = await conclude(stack, performed.played)
    assert summary.dead_letters == expected > 3
    assert summary.differences == ("events by topic: alerts.organizations: the topics say 6, reporting says 5",)
    assert f"{expected} records were set aside as dead letters" in summary.faults
    assert summary.exit_code == 1


def registered() -> OrganizationRegistered:
    organization = OrganizationSnapshot(version=1, organization_id=new_id(), name="Planted", coverage=())
    return OrganizationRegistered(at=datetime.now(UTC), organization=organization)


async def send(stack: LocalStack, event: Event, body: bytes) -> None:
    """With the event's headers, whatever the body."""
    headers = headers_of(event, event_id=new_id(), traceparent=None)
    producer = make_producer(stack.wiring.kafka_bootstrap, client_id="test")
    await producer.start()
    try:
        await producer.send_and_wait(
            event.TOPIC.name,
            body,
            key=event.root.encode(),
            headers=[(key, value.encode()) for key, value in headers.items()],
        )
    finally:
        await producer.stop()
