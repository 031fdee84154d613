"""Starts Python processes in a tenth of the time: imports the heavy libraries once, then forks for each process.

    python -m deploy.local.nursery FD     (FD: a Unix stream socket to the supervisor)

Only libraries are loaded beforehand, nothing of `services` or `shared`: what a service runs is its own code, imported
by itself, as with `python -m`. The children are tied to this process as this process is tied to the supervisor, so that
none outlives either. A line `{"name", "module", "arguments", "environment", "folder", "log"}` starts one and is
answered with `{"pid"}`; `{"pid", "code"}` follows when it has ended.
"""

import ctypes
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from typing import Any

from deploy.local.tether import PR_SET_PDEATHSIG

LIBRARIES = (
    *("aiohttp", "aiokafka", "alembic.command", "asyncpg", "fastapi", "httptools", "joserfc.jwt", "prometheus_client"),
    *("pydantic_settings", "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.ext.asyncio", "sqlmodel"),
    *("structlog", "typer", "uvicorn.protocols.http.httptools_impl", "uvloop"),
)
PR_SET_NAME = 15
Order = dict[str, Any]


class Nursery:
    def __init__(self, supervisor: socket.socket) -> None:
        self._supervisor = supervisor
        self._orders = supervisor.makefile("r")
        self._selector = selectors.DefaultSelector()
        self._selector.register(supervisor, selectors.EVENT_READ)

    def next_birth(self) -> Order | None:
        """Returns in each child with its order, and in the parent with None when the supervisor has hung up."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is not self._supervisor:
                    self._bury(key)
                    continue
                line = self._orders.readline()
                if not line:
                    return None
                order = json.loads(line)
                if self._bear() == 0:
                    return dict(order)

    def _bear(self) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._cut_loose(parent)
            return 0
        self._selector.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)
        self._tell(pid=pid)
        return pid

    def _cut_loose(self, parent: int) -> None:
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        for key in list(self._selector.get_map().values()):
            if key.fileobj is not self._supervisor:
                os.close(key.fd)
        self._selector.close()
        self._orders.close()
        self._supervisor.close()

    def _bury(self, key: selectors.SelectorKey) -> None:
        _, status = os.waitpid(key.data, 0)
        self._selector.unregister(key.fileobj)
        os.close(key.fd)
        self._tell(pid=key.data, code=os.waitstatus_to_exitcode(status))

    def _tell(self, **facts: int) -> None:
        self._supervisor.sendall(json.dumps(facts).encode() + b"\n")


def become(order: Order) -> None:
    """Run the module as `python -m` would, in this process. Only Python's own PYTHON… variables come too late here."""
    # The name that `ps` and `top` show.
    ctypes.CDLL(None).prctl(PR_SET_NAME, order["name"].encode(), 0, 0, 0)
    output = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(output, descriptor)
    os.close(output)
    os.chdir(order["folder"])
    sys.path[0] = order["folder"]
    os.environ.update(order["environment"])
    sys.argv[1:] = order["arguments"]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


def main() -> None:
    nursery = Nursery(socket.socket(fileno=int(sys.argv[1])))
    for library in LIBRARIES:
        importlib.import_module(library)
    order = nursery.next_birth()
    if order is not None:
        become(order)


if __name__ == "__main__":
    main()
