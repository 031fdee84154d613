"""Names to addresses for webhooks: one forbidden answer among the answers refuses the name.

Every lookup is checked when its answer is used, so a name that resolves differently the second time gains nothing.
The lookups have threads of their own: a name server that does not answer must not hold up whatever else uses the
loop's.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp.abc import AbstractResolver, ResolveResult

from services.alerts.delivery.address_guard import AddressGuard

_LOOKUP_THREADS = 32

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]


class SystemLookup:
    """The operating system's resolver: (name, port) to addresses; raises socket.gaierror."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="webhook-lookup")

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        look_up = partial(socket.getaddrinfo, name, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return [str(socket_address[0]) for *_, socket_address in found]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """aiohttp asks it for names only; literal addresses are checked before and at the dialling."""

    def __init__(self, guard: AddressGuard, lookup: Lookup) -> None:
        self._guard = guard
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - aiohttp passes it; both are asked
    ) -> list[ResolveResult]:
        """Raises AddressRefused, or OSError when there is no answer."""
        addresses = await self._lookup(host, port)
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        for address in addresses:
            self._guard.check_address(address, port)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing of its own to close; the lookup belongs to whoever made it."""
