"""What a text channel talks to, on loopback: a mail server and a chat or SMS gateway. Each can be made to misbehave."""

import asyncio
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class TextReceiver:
    """`behaviour`: ok, refuse, hang, or drip: an answer that never ends. `texts`: what was taken, whole."""

    behaviour: str = "ok"
    texts: list[str] = field(default_factory=list)
    calls: int = 0
    port: int = 0
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        try:
            if self.behaviour == "hang":
                await self._closing.wait()
            elif self.behaviour == "drip":
                await self._drip(writer)
            else:
                await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        """Each byte comes in time for whoever waits for the next one."""
        writer.write(b"HTTP/1.1 200 OK\r\nX-More: ")
        while not self._closing.is_set():
            writer.write(b"x")
            await writer.drain()
            await asyncio.wait([asyncio.ensure_future(self._closing.wait())], timeout=0.1)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError


class Gateway(TextReceiver):
    """Takes JSON over HTTP. `redirect_to`: answers with a redirect there."""

    redirect_to: str | None = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        status, more = ("200 OK", "") if self.behaviour == "ok" else ("500 No", "")
        if self.redirect_to:
            status, more = "307 There", f"Location: {self.redirect_to}\r\n"
        elif self.behaviour == "ok":
            self.texts.append(f"{body['title']}\n{body['message']}")
        writer.write(f"HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()


class MailServer(TextReceiver):
    """As much SMTP as a client needs that sends one mail."""

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := (await reader.readline()).decode("latin-1").strip():
            verb = line.upper()
            if verb.startswith("RCPT") and self.behaviour == "refuse":
                writer.write(b"550 no such box\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                self.texts.append((await reader.readuntil(b"\r\n.\r\n")).decode("latin-1"))
                writer.write(b"250 taken\r\n")
            else:
                writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
            await writer.drain()
