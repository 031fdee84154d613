"""Whatever a receiver does: its message gets the right state, the right next step follows, and nobody else waits."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Rejected, TimedOut
from services.alerts.delivery.send import describe
from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.delivery.authority import (
    NAME,
    Authority,
    by_an_unknown_authority,
    expired,
    for_another_host,
)
from tests.integration.alerts.delivery.city import City, Followed
from tests.integration.alerts.delivery.misbehaving import RECEIVERS, black_hole, refusing, says_nothing, status
from tests.support.waiting import eventually

UNDELIVERED_AFTER = timedelta(seconds=5)  # of the stories' policy, as of DESIGN §9.8
LOOKED_AT = timedelta(seconds=1.5)  # the engine looks every 0.25 s
NOT_DELAYED = timedelta(seconds=2)  # waiting for another's timeout would take three
# The receiver that never answers is in every city: when its second person is asked, nobody else will be.
CLOCK = "says nothing"
AT_ONCE, LATER, NOBODY = "at once", "after 5 s", "nobody else"
CITIES = [sorted(set(RECEIVERS) - {CLOCK})[part::4] for part in range(4)]


def fate(outcome: AttemptOutcome) -> tuple[str, str, str]:
    """Code of the first attempt, what becomes of the message, and when the next person is asked."""
    code = describe(outcome)
    if isinstance(outcome, Delivered):
        return code, "delivered", "nobody else"
    if isinstance(outcome, Rejected) and outcome.gone:
        return code, "dead", "at once"
    return code, "retry_scheduled", "after 5 s" if isinstance(outcome, TimedOut) else "at once"


def next_step(found: Followed, expected: str, late: timedelta) -> str:
    """`late`: how long the machine had no time; by so much anything may come later."""
    if found.next_after is None:
        return "nobody else"
    if found.next_after < UNDELIVERED_AFTER or (expected == AT_ONCE and found.next_after < UNDELIVERED_AFTER + late):
        return "at once"
    in_time = found.next_after < UNDELIVERED_AFTER + LOOKED_AT + late
    return "after 5 s" if in_time else f"too late: {found.next_after}, {late} of it the machine's"


async def fates(city: City, expected: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str, str]]:
    found = {name: await city.followed(name) for name in expected}
    return {
        name: (one.outcomes[0], one.settling, next_step(one, expected[name][2], city.late))
        for name, one in found.items()
    }


async def come_to_pass(city: City, expected: dict[str, tuple[str, str, str]]) -> None:
    """Once the receiver that never answers, asked last of all, has been passed over."""

    async def clock() -> bool:
        return (await city.followed(CLOCK)).next_after is not None

    async def as_expected() -> bool:
        assert await fates(city, expected) == expected
        return True

    await eventually(clock, within_s=60, every_s=0.2)
    await eventually(as_expected, within_s=10, every_s=0.2)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.founded(tmp_path)


async def to_loopback(_name: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize("names", CITIES, ids=lambda names: f"{names[0]} and {len(names) - 1} more")
async def test_each_misbehaviour_has_its_state_and_its_next_step_and_delays_nobody(
    names: list[str], alone: AlertsAlone, receive: Any, authority: Authority
) -> None:
    city, names = City(alone), [*names, CLOCK]
    for number, name in enumerate(names):
        await city.asks_first(name, (await receive(RECEIVERS[name][0])).url)
        if number % 5 == 0:
            await city.asks_first(f"neighbour {number}", None)
    await city.open()
    async with city.running(to_loopback, authority.roots):
        await come_to_pass(city, {name: fate(RECEIVERS[name][1]) for name in names})
        await eventually(lambda: city.delays(names), within_s=30)
        assert max(await city.delays(names)) < NOT_DELAYED + city.late


def no_such_name(*_: object) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


class Names:
    """A resolver that knows what each name leads to, time after time; an awaitable is awaited."""

    def __init__(self) -> None:
        self.taught: dict[str, list[Callable[[], Any] | list[str]]] = {
            "unknown.truce.test": [no_such_name],
            "hangs.truce.test": [lambda: asyncio.get_running_loop().create_future()],
            "inside.truce.test": [["10.0.0.7"]],
            "flips.truce.test": [["127.0.0.1"], ["127.0.0.1", "169.254.169.254"]],
            "six.truce.test": [["::1"]],
        }

    async def __call__(self, name: str, _port: int) -> Sequence[str]:
        answers = self.taught.get(name, [["127.0.0.1"]])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        found = answer() if callable(answer) else answer
        return await found if isinstance(found, Awaitable) else found


async def hangs_up_in_the_handshake(call: Any) -> None:
    await call.reader.read(10)
    call.reset()


async def stalls(call: Any) -> None:
    await call.hang_up_awaited()


async def polite(call: Any) -> None:
    while True:
        await call.request()
        await call.say(status(204))


async def answers_twice(call: Any) -> None:
    while True:
        await call.request()
        await call.say(status(204) + status(500))


async def answers_unasked(call: Any) -> None:
    await call.say(status(204))
    await call.request()


ON_THE_WAY: dict[str, tuple[str, str, str]] = {
    CLOCK: ("timed_out_response", "retry_scheduled", LATER),
    "refuses": ("connect_connection_refused", "retry_scheduled", AT_ONCE),
    "black hole": ("timed_out_connect", "retry_scheduled", LATER),
    "certificate expired": ("tls_certificate_expired", "retry_scheduled", AT_ONCE),
    "certificate for another host": ("tls_certificate_for_another_host", "retry_scheduled", AT_ONCE),
    "certificate of nobody we know": ("tls_certificate_not_trusted", "retry_scheduled", AT_ONCE),
    "handshake stalls": ("timed_out_tls", "retry_scheduled", LATER),
    "handshake is reset": ("tls_connection_reset", "retry_scheduled", AT_ONCE),
    "good certificate": ("delivered", "delivered", NOBODY),
    "name unknown": ("resolve_no_such_name", "retry_scheduled", AT_ONCE),
    "name server hangs": ("timed_out_resolve", "retry_scheduled", LATER),
    "name leads inside": ("address_private_address", "retry_scheduled", AT_ONCE),
    "name leads inside at the second time": ("rejected_503", "retry_scheduled", AT_ONCE),
    "IPv6 alone": ("delivered", "delivered", NOBODY),
    "answers twice": ("delivered", "delivered", NOBODY),
    "says yes before it answers": ("delivered", "delivered", NOBODY),
    "says yes and never answers": ("timed_out_response", "cancelled", NOBODY),
}
# Whether its answer or our question comes first on the wire is chance: a delivery only if the question arrived.
HASTY = "answers before it is asked"
HASTY_FATES = [
    ("delivered", "delivered", NOBODY),
    ("response_answer_before_the_request", "retry_scheduled", AT_ONCE),
]


async def test_whatever_happens_on_the_way_has_its_state_and_its_next_step(
    alone: AlertsAlone, receive: Any, authority: Authority
) -> None:
    """Sockets, TLS, names; and a phone that says yes by the API while its answer to the message is still awaited."""
    city, names, inside = City(alone), Names(), await receive(polite)
    taps = ("says yes before it answers", "says yes and never answers")
    async with black_hole() as hole:
        urls = {
            "black hole": hole,
            "name leads inside": f"http://inside.truce.test:{inside.port}/",
            **await _secure(receive, authority),
            **await _plain(receive),
            **{name: (await receive(_tapping(city, name))).url for name in taps},
            CLOCK: (await receive(says_nothing)).url,
        }
        for name, url in urls.items():
            await city.asks_first(name, url)
        await city.asks_first("neighbour", None)
        await city.open()
        async with city.running(names, authority.roots):
            await come_to_pass(city, ON_THE_WAY)
            await eventually(lambda: city.delays(list(urls)), within_s=30)
            assert max(await city.delays(list(urls))) < NOT_DELAYED + city.late
            flipped = await city.followed("name leads inside at the second time")
            assert set(flipped.outcomes[1:]) == {"address_cloud_metadata_address"}
            assert (await fates(city, {HASTY: HASTY_FATES[1]}))[HASTY] in HASTY_FATES
            assert [(await city.followed(name)).offers for name in taps] == [["accepted"], ["accepted"]]
    assert inside.connections == 0


async def _secure(receive: Any, authority: Authority) -> dict[str, str]:
    receivers = {
        "certificate expired": await receive(polite, ssl=expired(authority)),
        "certificate for another host": await receive(polite, ssl=for_another_host(authority)),
        "certificate of nobody we know": await receive(polite, ssl=by_an_unknown_authority(authority)),
        "handshake stalls": await receive(stalls),
        "handshake is reset": await receive(hangs_up_in_the_handshake),
        "good certificate": await receive(polite, ssl=authority.server()),
    }
    return {name: f"https://{NAME}:{receiver.port}/hooks" for name, receiver in receivers.items()}


async def _plain(receive: Any) -> dict[str, str]:
    flips, six = await receive(status(503)), await receive(polite, host="::1")
    return {
        "refuses": refusing(),
        "name unknown": "http://unknown.truce.test:8000/",
        "name server hangs": "http://hangs.truce.test:8000/",
        "name leads inside at the second time": f"http://flips.truce.test:{flips.port}/",
        "IPv6 alone": f"http://six.truce.test:{six.port}/",
        "answers twice": (await receive(answers_twice)).url,
        HASTY: (await receive(answers_unasked)).url,
    }


def _tapping(city: City, name: str) -> Callable[[Any], Awaitable[None]]:
    async def script(call: Any) -> None:
        await call.request()
        incident = city.incident(name)
        offer = (await city.alone.world.dispatch(incident))["offers"][0]
        headers = city.alone.world.bearer("interrupter", worker=offer["interrupter_id"])
        said = await city.alone.world.alerts.post(f"/v1/offers/{offer['offer_id']}/accept", headers=headers)
        assert said.status_code == 200, said.text
        if name.endswith("never answers"):
            await call.hang_up_awaited()
        await call.say(status(204))
        await call.hung_up_within(0.02)

    return script
