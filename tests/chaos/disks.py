"""Small file systems for the servers' data, which can be filled to the last byte without harming the machine.

They need the right to mount. Where that is refused, the reason is told and the fault is not claimed.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

MB = 1024 * 1024
MEGABYTES = {"postgres": 900, "kafka": 900}


@dataclass(frozen=True)
class Disk:
    """A file system in memory, mounted at `place`."""

    place: Path

    @property
    def _ballast(self) -> Path:
        return self.place / "ballast"

    def fill(self) -> None:
        """Until not one byte more is taken."""
        descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            for size in (MB, 4096, 1):
                self._write_until_full(descriptor, bytes(size))
        finally:
            os.close(descriptor)

    def _write_until_full(self, descriptor: int, block: bytes) -> None:
        while True:
            try:
                os.write(descriptor, block)
            except OSError:
                return

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.place)], check=True, capture_output=True)


def mount(place: Path, megabytes: int) -> Disk | str:
    """The disk, or why there is none."""
    place.mkdir(parents=True, exist_ok=True)
    asked = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "truce-chaos", str(place)]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"mount cannot be run: {error.strerror}"
    return Disk(place) if done.returncode == 0 else done.stderr.strip() or "mount was refused"
