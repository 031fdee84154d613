"""A receiver in a process of its own that answers as fast as it can, and hands back an account of what it got.

    python -m tests.bench.receiver SECRETS_FILE     prints its port; at SIGTERM one JSON line, and ends

Whoever calls a path that begins with /hang waits for ever.

`SECRETS_FILE`: JSON, path → secret; paths not in it have the secret of "". Every signature is looked at with the
public library, one message in a hundred of them in full; each id is counted.
"""

import asyncio
import json
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httptools
import uvloop
from standardwebhooks import Webhook

CHECK_EVERY = 100
_HANGS = b"/hang"
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Account:
    def __init__(self, secrets: dict[str, str]) -> None:
        self._verifiers = {path: Webhook(secret) for path, secret in secrets.items()}
        self.ids: Counter[str] = Counter()
        self.bad = 0
        self.checked = 0

    def note(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.ids[headers["webhook-id"]] += 1
        if len(self.ids) % CHECK_EVERY:
            return
        self.checked += 1
        try:
            (self._verifiers.get(path) or self._verifiers[""]).verify(body, headers)
        except Exception:  # noqa: BLE001 - whatever the library finds wrong with a message is a wrong message
            self.bad += 1

    def told(self) -> str:
        return json.dumps(
            {"messages": self.ids.total(), "ids": len(self.ids), "checked": self.checked, "bad": self.bad}
        )


class _Connection(asyncio.Protocol):
    def __init__(self, account: Account) -> None:
        self._account = account
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._headers: dict[str, str] = {}
        self._path, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._path.startswith(_HANGS):
            return
        self._account.note(self._path.decode(), self._headers, self._body)
        self._transport.write(_ANSWER)


async def main(account: Account) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(account), "127.0.0.1", 0, backlog=2048)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await ended.wait()
    server.close()
    sys.stdout.write(account.told() + "\n")


if __name__ == "__main__":
    uvloop.run(main(Account(json.loads(Path(sys.argv[1]).read_text()))))
