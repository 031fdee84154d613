"""Posting read reports through the door everybody uses, several at once, and counting what became of them.

The reports may come from a list or, paced by whoever replays them, from an async iterator; memory holds no more of
them than are on their way.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Unpack

from services.intake.feeds.door import Answer, Door, Terms, told_of
from services.intake.feeds.reading import ReadReport

AT_ONCE = 16


class Outcome(StrEnum):
    OPENED = "opened"
    ATTACHED = "attached"
    SCREENED_OUT = "screened_out"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Posted:
    """`answer` is the service's own: the taken report, or why it was refused."""

    report: ReadReport
    outcome: Outcome
    answer: dict[str, Any]

    def refusal(self) -> str:
        """Why, in the service's words, which never repeat what was sent."""
        return told_of(self.answer)


@dataclass
class Tally:
    """How many reports ended in which way. `repeated`: taken in an earlier run, nothing was added."""

    counts: Counter[Outcome] = field(default_factory=Counter)

    @property
    def posted(self) -> int:
        return self.counts.total()


OnResult = Callable[[Posted], None]


async def post_reports(
    reports: Iterable[ReadReport] | AsyncIterable[ReadReport],
    *,
    url: str,
    token: str,
    on_result: OnResult,
    at_once: int = AT_ONCE,
    **terms: Unpack[Terms],
) -> Tally:
    """Raises CannotReach when the service stays away, or lets this source in no more; what was taken until then is
    taken, and a repeat adds nothing.
    """
    tally = Tally()
    waiting: asyncio.Queue[ReadReport | None] = asyncio.Queue(maxsize=at_once)

    async def read() -> None:
        async for report in _one_by_one(reports):
            await waiting.put(report)
        for _ in range(at_once):
            await waiting.put(None)

    async def post(door: Door) -> None:
        while (report := await waiting.get()) is not None:
            posted = _judged(report, await door.post(report))
            tally.counts[posted.outcome] += 1
            on_result(posted)

    async with Door(url, token, at_once=at_once, **terms) as door:
        await _together([read(), *(post(door) for _ in range(at_once))])
    return tally


async def _together(works: list[Any]) -> None:
    """All to their end; the first failure ends the others and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(work)
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


def _judged(report: ReadReport, answer: Answer) -> Posted:
    if answer.status != 201:
        return Posted(report, Outcome.REFUSED, answer.body)
    outcome = Outcome.REPEATED if answer.repeated else Outcome(answer.body["disposition"])
    return Posted(report, outcome, answer.body)


async def _one_by_one(reports: Iterable[ReadReport] | AsyncIterable[ReadReport]) -> AsyncIterator[ReadReport]:
    if isinstance(reports, AsyncIterable):
        async for report in reports:
            yield report
        return
    for report in reports:
        yield report
