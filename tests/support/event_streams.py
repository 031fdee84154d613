"""A receiver of server-sent events, as a browser reads them: by lines, remembering the last id."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp


@dataclass
class Received:
    """`last_id`: what a browser would send as `Last-Event-ID`. `ended`: the answer came to its proper end."""

    events: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    comments: int = 0
    last_id: int | None = None
    ended: bool = False

    def positions(self) -> list[int]:
        return [position for position, name, _ in self.events if name != "hello"]

    def take(self, block: str) -> None:
        fields = dict(line.partition(": ")[::2] for line in block.splitlines())
        if "id" in fields:
            self.last_id = int(fields["id"])
        if "data" in fields:
            self.events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
        else:
            self.comments += 1


async def follow(url: str, headers: dict[str, str], into: Received) -> None:
    """Until the stream ends, however it does."""
    timeout = aiohttp.ClientTimeout(total=None)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            rest = b""
            async for chunk in answer.content.iter_any():
                *blocks, rest = (rest + chunk).split(b"\n\n")
                for block in blocks:
                    into.take(block.decode())
        into.ended = True
    except aiohttp.ClientError:
        into.ended = False


@asynccontextmanager
async def following(url: str, headers: dict[str, str], into: Received) -> AsyncIterator["asyncio.Task[None]"]:
    """Goes on where `into` left off."""
    resumed = headers | ({} if into.last_id is None else {"Last-Event-ID": str(into.last_id)})
    task = asyncio.create_task(follow(url, resumed, into))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
