"""Which port belongs to whom: fixed for `up` and `demo`, free ones for tests, and who sits on one that is taken."""

import random
import socket
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from deploy.local.failures import StackFailure

# Below the range from which Linux takes the near end of outgoing connections.
FREE_PORTS = range(12000, 32000)


@dataclass(frozen=True)
class Ports:
    """Every port of a stack. `*_stream` and `*_engine` carry health and metrics only."""

    console: int = 8100
    intake: int = 8101
    alerts: int = 8102
    casework: int = 8103
    reporting: int = 8104
    postgres: int = 8105
    kafka: int = 8106
    kafka_controller: int = 8107
    issuer: int = 8108
    intake_stream: int = 8111
    alerts_stream: int = 8112
    casework_stream: int = 8113
    reporting_stream: int = 8114
    alerts_engine: int = 8122

    @classmethod
    def free(cls) -> "Ports":
        names = [field.name for field in fields(cls)]
        return cls(**dict(zip(names, free_ports(len(names)), strict=True)))

    def refuse_if_taken(self, names: Iterable[str]) -> None:
        numbers = asdict(self)
        for name in names:
            if not _is_free(numbers[name]):
                raise StackFailure(_taken(name, numbers[name]))


def free_ports(count: int) -> list[int]:
    chosen: list[int] = []
    for port in random.SystemRandom().sample(FREE_PORTS, k=len(FREE_PORTS)):
        if _is_free(port):
            chosen.append(port)
        if len(chosen) == count:
            return chosen
    raise StackFailure(f"Fewer than {count} free ports are left between 12000 and 32000: stop some programs.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _taken(name: str, port: int) -> str:
    pid = listener_pid(port)
    if pid is None:
        return f"Port {port} ({name}) is taken by a program of another user: free the port, then try again."
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return f"Port {port} ({name}) is taken by process {pid} ({command[:80]}): stop it (`kill {pid}`), then try again."


def listener_pid(port: int) -> int | None:
    """The process that listens on the port, as far as this user may see it."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not sockets:
        return None
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _holds_any(entry / "fd", sockets):
            return int(entry.name)
    return None


def _listening_inodes(port: int) -> Iterable[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for columns in map(str.split, lines):
            if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
                yield columns[9]


def _holds_any(descriptors: Path, sockets: set[str]) -> bool:
    try:
        return any(_target(descriptor) in sockets for descriptor in descriptors.iterdir())
    except (PermissionError, FileNotFoundError, ProcessLookupError):
        return False


def _target(descriptor: Path) -> str:
    """Empty if it was closed since the folder was listed."""
    try:
        return str(descriptor.readlink())
    except FileNotFoundError:
        return ""
