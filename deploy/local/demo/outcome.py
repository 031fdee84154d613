"""How the demo is counted: the topics from their beginning, and reporting's numbers beside them."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from deploy.local.demo.api import Api
from deploy.local.demo.kpis import Reporting
from deploy.local.demo.recount import DEAD_LETTERS, Numbers, differences, once, recount
from deploy.local.demo.topics import Log, Seen
from deploy.local.stack import LocalStack
from shared.contracts.topics import DEAD_LETTER_PARTITIONS, SERVICES, TOPICS, consumed_by, dead_letter_topic

ATTEMPTS = 5


@dataclass(frozen=True)
class Reconciled:
    """`numbers` are the recount's. `has_read` False: reporting did not catch up in time."""

    numbers: Numbers
    events: Numbers
    dead_letters: int
    has_read: bool
    differences: tuple[str, ...]


def log_of(stack: LocalStack, topics: dict[str, int]) -> Log:
    return Log(stack.wiring.kafka_bootstrap, stack.wiring.topic_prefix, topics)


def event_log(stack: LocalStack) -> Log:
    return log_of(stack, {topic.name: topic.partitions for topic in TOPICS})


def dead_letter_log(stack: LocalStack) -> Log:
    names = [dead_letter_topic(topic.name, service) for service in SERVICES for topic in consumed_by(service)]
    return log_of(stack, dict.fromkeys(names, DEAD_LETTER_PARTITIONS))


async def set_aside(stack: LocalStack, api: Api) -> int:
    """How many records the services say they have set aside: an alarm about it stands once and counts them all."""
    token = stack.token(["program_office"], sub="demo-office")
    standing = [await api.must("GET", f"{stack.wiring.url(service)}/v1/alarms", token) for service in SERVICES]
    return sum(one["count"] for alarms in standing for one in alarms if one["alarm"] == "dead_letter")


async def reconcile(stack: LocalStack, api: Api, reporting: Reporting, *, catch_up_within_s: float) -> Reconciled:
    """Again when an event came in between: both sides must speak of the same moment."""
    log, dead = event_log(stack), dead_letter_log(stack)
    for _ in range(ATTEMPTS):
        ends = await log.ends()
        has_read = await reporting.has_read(ends, stack.wiring.topic_prefix, within_s=catch_up_within_s)
        reported = await reporting.reported() | {DEAD_LETTERS: await set_aside(stack, api)}
        if not has_read or await log.ends() == ends:
            break
    records, letters = await log.read_to(ends), await dead.read_to(await dead.ends())
    numbers = recount(records, len(letters))
    return Reconciled(
        numbers=numbers,
        events=_events(records),
        dead_letters=len(letters),
        has_read=has_read,
        differences=tuple(differences(numbers, reported)),
    )


def _events(records: list[Seen]) -> Numbers:
    counted = Counter(record.topic for record in once(records))
    return {topic.name: counted[topic.name] for topic in TOPICS}


async def follow_ups(stack: LocalStack, api: Api) -> Numbers:
    """By kind, of real incidents, open or settled."""
    token, found = stack.token(["program_office"], sub="demo-office"), Counter[str]()
    for state in ("open", "completed", "withdrawn"):
        for item in await _pages(api, f"{stack.wiring.url('casework')}/v1/follow-ups?state={state}&limit=200", token):
            found[item["kind"]] += 1
    return dict(sorted(found.items()))


async def follow_ups_settled(stack: LocalStack, api: Api, activated: int, *, within_s: float) -> Numbers:
    """Waits for the follow-up that the programme asks for after every activation; what is there when time is up."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while True:
        found = await follow_ups(stack, api)
        if found.get("triage", 0) >= activated or loop.time() > until:
            return found
        await asyncio.sleep(0.25)


async def _pages(api: Api, url: str, token: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    following: str | None = ""
    while following is not None:
        page = await api.must("GET", url + (f"&cursor={following}" if following else ""), token)
        items += page["items"]
        following = page["next"]
    return items
