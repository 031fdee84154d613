"""A stack of stand-ins as a program of its own, so that tests can end it from outside.

python -m tests.integration.local.standin STATE_DIR

It prints `ready` when it is, and runs until it is told to stop or killed.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from deploy.local.failures import StackFailure
from deploy.local.foreground import run_until_told
from deploy.local.locks import StackLock
from deploy.local.ports import Ports, free_ports
from deploy.local.processes import ProcessSpec
from deploy.local.stack import LocalStack, StackOptions
from deploy.local.topology import Wiring
from tests.integration.local.conftest import web_server


def two_servers(_: Wiring) -> list[ProcessSpec]:
    return [web_server(f"server-{port}", port) for port in free_ports(2)]


async def main(state: Path) -> None:
    options = StackOptions(services=two_servers, migration=None, durable=False)
    stack = LocalStack(state, Ports.free(), options)

    async def stay(_: timedelta) -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    with StackLock(state / "stack.lock") as lock:
        lock.take("standin", state=str(state), issuer=f"http://127.0.0.1:{stack.ports.issuer}")
        await run_until_told(stack, stay)


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1])))
    except StackFailure as failure:
        sys.exit(str(failure))
