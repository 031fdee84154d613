"""A receiver of server-sent events, as a browser reads them: by lines, remembering the last id."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
from starlette.types import ASGIApp, Message


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

    def take_whole(self, data: bytes) -> bytes:
        """The blocks that are complete; returns what is left."""
        *blocks, rest = data.split(b"\n\n")
        for block in blocks:
            self.take(block.decode())
        return rest


async def follow(url: str, headers: dict[str, str], into: Received) -> None:
    """Until the stream ends, however it does."""
    timeout = aiohttp.ClientTimeout(total=None)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            rest = b""
            async for chunk in answer.content.iter_any():
                rest = into.take_whole(rest + chunk)
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


@asynccontextmanager
async def following_in_process(app: ASGIApp, path: str, headers: dict[str, str], into: Received) -> AsyncIterator[None]:
    """An app of this very process, which httpx would wait for until the stream has ended. Begins with the greeting."""
    asked, has_left, greeted, rest = False, asyncio.Event(), asyncio.Event(), b""

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await has_left.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal rest
        if message["type"] == "http.response.start":
            assert message["status"] == 200
        else:
            rest = into.take_whole(rest + message["body"])
            greeted.set()

    url, pairs = httpx.URL(f"http://truce.test{path}"), [(k.lower().encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}
    where = {"path": url.path, "raw_path": url.raw_path, "query_string": url.query, "root_path": ""}
    ends = {"headers": pairs, "client": ("127.0.0.1", 1), "server": ("truce.test", 80), "state": {}}
    task = asyncio.ensure_future(app(scope | where | ends, receive, send))
    try:
        async with asyncio.timeout(5):
            await greeted.wait()
        yield
    finally:
        has_left.set()
        await task
