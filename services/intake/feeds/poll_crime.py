"""The police's crime feed, looked at again and again: what is new in it goes through the door that everybody uses.

A server that can say "not modified" is asked to. A look that ends half way, because the poller, the feed or intake goes
away, or lets this source in no more, is made again from what was settled already: the version that it read is only then
known as read when all of it was. After a failure the pauses grow; a server's `Retry-After` is kept.
"""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from services.intake.feeds.crime_file import LARGEST_BYTES, NoCrimeFile, rows_of_crime
from services.intake.feeds.dc_offences import City
from services.intake.feeds.door import CannotReach, Door
from services.intake.feeds.feed_state import FeedState, load_state, save_state
from services.intake.feeds.post import Outcome, Posted, post_reports
from services.intake.feeds.reading import Broken, ReadReport

LONGEST_PAUSE_S = 3600.0
_NOT_MODIFIED = 304
_TIMEOUT = aiohttp.ClientTimeout(total=120)


class FeedAway(Exception):
    """The feed could not be read this time. `retry_after_s`: as its server asked."""

    def __init__(self, text: str, retry_after_s: float = 0.0) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Fetched:
    body: bytes
    etag: str | None
    last_modified: str | None


@dataclass
class Looked:
    """What one look did. `faults`: rows that are broken or were refused, one line each."""

    modified: bool
    known: int = 0
    counts: Counter[Outcome] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def told(self) -> str:
        if not self.modified:
            return "not modified"
        counts = ", ".join(f"{self.counts[outcome]} {outcome.replace('_', ' ')}" for outcome in Outcome)
        lines = [f"{self.known} known already, {counts}, {len(self.faults)} with a fault", *self.faults[:20]]
        return "\n  ".join(lines)


@dataclass(frozen=True, slots=True)
class CrimePoller:
    """`token`: asked anew for each look, as one that was good yesterday is perhaps over; also where nothing is new, so
    that a token's file that is gone is told before there is something to report.
    """

    feed: str
    url: str
    token: Callable[[], str]
    state_file: Path
    give_up_after_s: float = 30.0

    async def look(self) -> Looked:
        """Raises FeedAway, CannotReach and StateUnusable; what was taken until then is remembered, and what was
        remembered before stays where the feed gives something that is none.
        """
        token = self.token()
        state = load_state(self.state_file, self.feed)
        fetched = await fetch(self.feed, state)
        if fetched is None:
            return Looked(modified=False)
        async with Door(self.url, token) as door:
            city = await door.city()
        looked = Looked(modified=True)
        reports = _read(fetched.body, city, looked)
        await self._post(reports, token, state, looked)
        keys = {report.idempotency_key for report in reports}
        settled = [key for key in state.settled if key in keys]
        save_state(self.state_file, FeedState(self.feed, fetched.etag, fetched.last_modified, settled))
        return looked

    async def _post(self, reports: list[ReadReport], token: str, state: FeedState, looked: Looked) -> None:
        settled = set(state.settled)
        new = [report for report in reports if report.idempotency_key not in settled]
        looked.known = len(reports) - len(new)

        def on_result(posted: Posted) -> None:
            state.settled.append(posted.report.idempotency_key)
            looked.counts[posted.outcome] += 1
            if posted.outcome is Outcome.REFUSED:
                looked.faults.append(f"row {posted.report.lines[0]}: refused: {posted.refusal()}")

        try:
            await post_reports(
                new, url=self.url, token=token, on_result=on_result, give_up_after_s=self.give_up_after_s
            )
        except CannotReach:
            save_state(self.state_file, FeedState(self.feed, settled=state.settled))
            raise


def _read(body: bytes, city: City, looked: Looked) -> list[ReadReport]:
    reports = list[ReadReport]()
    try:
        for read in rows_of_crime(io.BytesIO(body), city):
            if isinstance(read, ReadReport):
                reports.append(read)
            elif isinstance(read, Broken):
                looked.faults.append(f"row {read.line}: {f'{read.field} ' if read.field else ''}{read.reason}")
    except NoCrimeFile as why:
        raise FeedAway(f"what the feed gave is no crime feed: {why}") from None
    return reports


async def fetch(feed: str, state: FeedState) -> Fetched | None:
    """None if it is the version that was read already. Raises FeedAway."""
    given = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    headers = {name: value for name, value in given.items() if value is not None}
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(feed, headers=headers) as response:
            if response.status == _NOT_MODIFIED:
                return None
            if response.status != 200:
                raise FeedAway(f"the feed answered {response.status}", _seconds(response.headers.get("Retry-After")))
            body = await _bounded(response)
            return Fetched(body, response.headers.get("ETag"), response.headers.get("Last-Modified"))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise FeedAway(f"the feed does not answer ({type(error).__name__})") from None


def pause_s(every_s: float, failures: int, retry_after_s: float = 0.0) -> float:
    """Until the next look, after so many failures in a row: doubled with each, up to an hour or the usual pause."""
    grown = min(every_s * 2.0 ** min(failures, 20), max(LONGEST_PAUSE_S, every_s))
    return max(grown, min(retry_after_s, LONGEST_PAUSE_S))


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    parts, size = list[bytes](), 0
    async for part in response.content.iter_chunked(1 << 16):
        parts.append(part)
        size += len(part)
        if size > LARGEST_BYTES:
            raise FeedAway(f"the feed is larger than {LARGEST_BYTES} bytes")
    return b"".join(parts)


def _seconds(text: str | None) -> float:
    return float(text) if text is not None and text.isdecimal() and len(text) < 7 else 0.0
