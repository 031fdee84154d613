"""Text channels against real receivers on loopback: taken, not taken, hanging, and addresses that are not dialled."""

import asyncio
import ipaddress
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.alerts.delivery.address_guard import AddressGuard, Refusal
from services.alerts.delivery.outcomes import Delivered, Failed, Fault, Stage, TimedOut
from services.alerts.delivery.text_channels import (
    MOST_AT_ONCE,
    PUBLIC_PORTS,
    AddressUnusable,
    AppriseTransport,
    Text,
    check_usable,
)
from tests.support.text_receivers import Gateway, MailServer

TEXT = Text("Truce asks you", "Scene, Alder. https://alerts.example/r/x")
SOON = timedelta(seconds=5)
LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


@pytest.fixture
async def transport() -> AsyncIterator[AppriseTransport]:
    made = AppriseTransport(AddressGuard([LOOPBACK], ports=PUBLIC_PORTS))
    yield made
    made.close()


@pytest.fixture
async def public() -> AsyncIterator[AppriseTransport]:
    """As in production: no private network is allowed."""
    made = AppriseTransport(AddressGuard(ports=PUBLIC_PORTS))
    yield made
    made.close()


async def test_a_gateway_takes_a_text(transport: AppriseTransport) -> None:
    async with Gateway() as gateway:
        outcome = await transport.send(f"json://127.0.0.1:{gateway.port}/12025550123", TEXT, timeout=SOON)
    assert isinstance(outcome, Delivered)
    assert gateway.texts == [f"{TEXT.title}\n{TEXT.body}"]


async def test_a_mail_server_takes_a_text(transport: AppriseTransport) -> None:
    async with MailServer() as server:
        address = f"mailto://127.0.0.1:{server.port}?to=heron@dc.gov&from=truce@dc.gov"
        outcome = await transport.send(address, TEXT, timeout=SOON)
    assert isinstance(outcome, Delivered)
    [mail] = server.texts
    assert "Subject: Truce asks you" in mail
    assert TEXT.body in mail


async def test_what_is_not_taken_is_a_definite_failure(transport: AppriseTransport) -> None:
    async with Gateway("refuse") as gateway, MailServer("refuse") as server:
        for address in (
            f"json://127.0.0.1:{gateway.port}/x",
            f"mailto://127.0.0.1:{server.port}?to=heron@dc.gov&from=truce@dc.gov",
            "json://127.0.0.1:9/x",
        ):
            outcome = await transport.send(address, TEXT, timeout=SOON)
            assert isinstance(outcome, Failed), outcome
            assert (outcome.stage, outcome.reason) == (Stage.CHANNEL, Fault.NOT_TAKEN)


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
async def test_hanging_receivers_end_with_the_deadline_and_keep_no_thread(
    transport: AppriseTransport, behaviour: str
) -> None:
    """More of them than there are threads, twice: whoever comes after finds all threads free."""
    async with Gateway(behaviour) as gateway, Gateway() as healthy:
        address = f"json://127.0.0.1:{gateway.port}/x"
        for _ in range(2):
            began = asyncio.get_running_loop().time()
            work = [transport.send(address, TEXT, timeout=timedelta(seconds=0.5)) for _ in range(MOST_AT_ONCE + 4)]
            assert {type(outcome) for outcome in await asyncio.gather(*work)} == {TimedOut}
            assert asyncio.get_running_loop().time() - began < 3
        sends = [transport.send(f"json://127.0.0.1:{healthy.port}/x", TEXT, timeout=SOON) for _ in range(MOST_AT_ONCE)]
        assert {type(outcome) for outcome in await asyncio.gather(*sends)} == {Delivered}
        assert len(healthy.texts) == MOST_AT_ONCE


async def test_the_loop_goes_on_while_a_receiver_hangs(transport: AppriseTransport) -> None:
    async with Gateway("hang") as gateway:
        hanging = asyncio.create_task(
            transport.send(f"json://127.0.0.1:{gateway.port}/x", TEXT, timeout=timedelta(seconds=1))
        )
        rounds = 0
        while not hanging.done():
            await asyncio.wait([hanging], timeout=0.01)
            rounds += 1
    assert rounds > 20


FORBIDDEN = [
    "json://{host}/x",
    "jsons://{host}:443/x",
    "mmosts://{host}/3ccdd113474722377935511fc85d3dd4",
    "rockets://user:pass@{host}/%23team",
    "mailtos://u:p@{host}?to=a@dc.gov&from=b@dc.gov",
    "mailtos://u:p@dc.gov?to=a@dc.gov&from=b@dc.gov&smtp={host}",
]


@pytest.mark.parametrize("address", FORBIDDEN)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "10.0.0.7", "169.254.169.254"])
async def test_a_forbidden_address_is_not_dialled(public: AppriseTransport, address: str, host: str) -> None:
    outcome = await public.send(address.format(host=host), TEXT, timeout=SOON)
    assert isinstance(outcome, Failed), outcome
    assert outcome.stage is Stage.ADDRESS or outcome.reason is Fault.NOT_TAKEN


async def test_loopback_is_refused_by_name_of_the_reason(public: AppriseTransport) -> None:
    async with Gateway() as gateway:
        outcome = await public.send(f"json://localhost:{gateway.port}/x", TEXT, timeout=SOON)
    assert isinstance(outcome, Failed)
    assert (outcome.stage, outcome.reason, gateway.calls) == (Stage.ADDRESS, Refusal.LOOPBACK, 0)


async def test_a_redirect_is_not_followed(transport: AppriseTransport) -> None:
    async with Gateway() as other, Gateway() as gateway:
        gateway.redirect_to = f"http://127.0.0.1:{other.port}/x"
        outcome = await transport.send(f"json://127.0.0.1:{gateway.port}/x", TEXT, timeout=SOON)
    assert isinstance(outcome, Failed)
    assert (gateway.calls, other.calls) == (1, 0)


async def test_other_threads_connect_where_they_like(public: AppriseTransport) -> None:
    async with Gateway() as gateway:
        await public.send("json://127.0.0.1:9/x", TEXT, timeout=SOON)
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.close()


@pytest.mark.parametrize("address", ["twilio://AC0/1/2", "slack://x", "mailtos://", "tgram://x", "discord://x"])
async def test_what_the_library_makes_nothing_of_is_told_before_it_is_kept(address: str) -> None:
    with pytest.raises(AddressUnusable):
        await check_usable(address)


async def test_no_log_names_an_address(transport: AppriseTransport, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with Gateway("refuse") as gateway:
        for address in (f"json://user:s3cret@127.0.0.1:{gateway.port}/12025550123", "json://u:s3cret@127.0.0.1:9/x"):
            await transport.send(address, TEXT, timeout=SOON)
    assert not any(hidden in caplog.text for hidden in ("s3cret", "12025550123"))
