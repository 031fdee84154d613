"""Lines of a delimited file that may be damaged, one at a time.

Each physical line is its own record: a quote left open damages that line and none after it. Memory holds
one line of bounded length, whatever the size of the file.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from services.intake.feeds.reading import Broken

LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    line: int
    cells: tuple[str, ...]


def records(stream: BinaryIO) -> Iterator[Record | Broken]:
    """Blank lines are passed over and counted; a byte-order mark before the first cell is removed."""
    for line, raw in enumerate(_bounded_lines(stream), start=1):
        if raw is None:
            yield Broken(line, None, f"longer than {LONGEST_LINE} bytes")
        elif raw.strip():
            yield _record(line, raw)


def _bounded_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """None stands for a line that is too long; its rest is read past and forgotten."""
    while raw := stream.readline(LONGEST_LINE):
        if len(raw) < LONGEST_LINE or raw.endswith(b"\n"):
            yield raw
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _record(line: int, raw: bytes) -> Record | Broken:
    if b"\0" in raw:
        return Broken(line, None, "contains a NUL byte")
    try:
        text = raw.decode("utf-8-sig" if line == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return Broken(line, None, "is not UTF-8 text")
    try:
        (cells,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        return Broken(line, None, "is not one well-formed CSV record")
    return Record(line, tuple(cell.strip() for cell in cells))
