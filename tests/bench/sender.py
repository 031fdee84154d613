"""`make bench-sender`: signed webhooks per second from one core, to a receiver in a process of its own.

The real transport with the real signing, guard and time limits, 64 at a time. Peer: the same messages, signed alike,
through httpx in the same run. Roof: the HTTP library itself, unguarded and without time limits, in the same run too.
Second figure: the whole sender with its database, which claims and settles each message.
"""

import asyncio
import ipaddress
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import httpx
import uvloop

from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.outcomes import Delivered
from services.alerts.delivery.signing import signed_headers
from services.alerts.delivery.transport import AiohttpTransport
from shared.kernel.ids import random_id
from tests.bench.figures import conclude
from tests.bench.receiving import Receiving, keep_to_one_core, receiving
from tests.bench.whole_sender import WholeSender, whole_sender
from tests.support.disturbance import DISTURBED, Stolen
from tests.support.senders import new_secret

PER_SECOND = 5_000.0
AT_ONCE = 64
COUNT, ROUNDS, MOST_ROUNDS = 20_000, 3, 8
PEER_COUNT = 1_000
WARM_UP = 2_000
TIMEOUT = timedelta(seconds=3)
BODY = b'{"type":"truce.offer.made","data":{"links":{"details":"/v1/offers/%s"}}}' % (b"0" * 400)
Post = Callable[[dict[str, str]], Awaitable[bool]]


@dataclass(frozen=True)
class Round:
    """`per_cpu_second`: as if this process alone had the core all the time."""

    per_second: float
    per_cpu_second: float
    stolen: float

    @property
    def is_undisturbed(self) -> bool:
        return self.stolen <= DISTURBED


class Load:
    """Signed messages, a fixed number at a time, through whatever posts them."""

    def __init__(self) -> None:
        self.secret = new_secret()
        self.sent = 0
        self.failed = 0

    async def run(self, post: Post, count: int) -> Round:
        stolen, began, worked = Stolen(), time.perf_counter(), time.process_time()
        left = iter(range(count))

        async def one_after_another() -> None:
            for _ in left:
                headers = signed_headers([self.secret], str(random_id()), int(time.time()), BODY)
                self.failed += not await post(headers)

        await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
        self.sent += count
        took_s, worked_s = time.perf_counter() - began, time.process_time() - worked
        return Round(count / took_s, count / worked_s, stolen.share())


async def main() -> int:
    load = Load()
    with tempfile.TemporaryDirectory() as place:
        whole = await whole_sender(Path(place))
        keep_to_one_core()
        async with receiving(Path(place), {"": load.secret}) as receiver:
            rounds = await _ours(load, receiver)
            peer, roof = await _httpx(load, receiver), await _aiohttp(load, receiver)
    return _conclude(rounds, peer, roof, whole, load, receiver)


async def _ours(load: Load, receiver: Receiving) -> list[Round]:
    async with AiohttpTransport(AddressGuard([ipaddress.ip_network("127.0.0.0/8")])) as transport:
        url = receiver.url("/hooks")

        async def post(headers: dict[str, str]) -> bool:
            return isinstance(await transport.post(url, headers, BODY, timeout=TIMEOUT), Delivered)

        await load.run(post, WARM_UP)
        rounds: list[Round] = []
        while sum(one.is_undisturbed for one in rounds) < ROUNDS and len(rounds) < MOST_ROUNDS:
            rounds.append(await load.run(post, COUNT))
        return rounds


async def _httpx(load: Load, receiver: Receiving) -> Round:
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, timeout=TIMEOUT.total_seconds(), trust_env=False) as client:
        url = receiver.url("/hooks")

        async def post(headers: dict[str, str]) -> bool:
            return (await client.post(url, content=BODY, headers=headers)).is_success

        await load.run(post, PEER_COUNT // 10)
        return await load.run(post, PEER_COUNT)


async def _aiohttp(load: Load, receiver: Receiving) -> Round:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        url = receiver.url("/hooks")

        async def post(headers: dict[str, str]) -> bool:
            async with client.post(url, data=BODY, headers=headers) as answer:
                return answer.ok

        await load.run(post, WARM_UP)
        return await load.run(post, COUNT)


def _conclude(
    rounds: list[Round], peer: Round, roof: Round, whole: WholeSender, load: Load, receiver: Receiving
) -> int:
    """Of the undisturbed rounds the middle one; without any there is no verdict, and that is a failure too."""
    undisturbed = [one for one in rounds if one.is_undisturbed]
    middle = sorted(undisturbed or rounds, key=lambda one: one.per_second)[len(undisturbed or rounds) // 2]
    figures = {
        "webhooks/s on one core": middle.per_second,
        "webhooks per second of processor time": middle.per_cpu_second,
        "slowest undisturbed round, webhooks/s": min(one.per_second for one in undisturbed or rounds),
        "rounds undisturbed": len(undisturbed),
        "rounds disturbed by the host": len(rounds) - len(undisturbed),
        "sent": load.sent,
        "not delivered": load.failed,
        "received, different ids": receiver.account["ids"],
        "signatures checked": receiver.account["checked"],
        "signatures wrong": receiver.account["bad"] + whole.bad,
        **whole.figures,
    }
    peers = {
        "httpx webhooks/s": peer.per_second,
        "httpx webhooks per second of processor time": peer.per_cpu_second,
        "the HTTP library alone, webhooks/s": roof.per_second,
    }
    ratios = {
        "ours / httpx": middle.per_second / peer.per_second,
        "ours / the HTTP library alone": middle.per_second / roof.per_second,
    }
    all_there = receiver.account["ids"] == receiver.account["messages"] == load.sent and not load.failed
    ok = bool(undisturbed) and middle.per_second >= PER_SECOND and all_there and not figures["signatures wrong"]
    return conclude("sender", figures=figures, peers=peers, ratios=ratios, ok=ok and whole.holds)


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
