"""The police's crime file in either of its forms, told apart by how it begins."""

from collections.abc import Iterator
from typing import BinaryIO

from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.dc_geojson import read_dc_geojson
from services.intake.feeds.dc_offences import City
from services.intake.feeds.reading import Broken, ReadReport, Skipped

LARGEST_BYTES = 64 * 1024 * 1024
_LOOKED_AT = 64


class NoCrimeFile(Exception):
    """Nothing can be read of it. The text says why, and repeats nothing of it."""


def is_geojson(stream: BinaryIO) -> bool:
    begins_with = stream.read(_LOOKED_AT).lstrip(b"\xef\xbb\xbf \t\r\n")
    stream.seek(0)
    return begins_with.startswith((b"{", b"["))


def rows_of_crime(stream: BinaryIO, city: City) -> Iterator[ReadReport | Skipped | Broken]:
    """As `read_crime`, of what is a crime file. Raises NoCrimeFile before the first row of anything else."""
    for read in read_crime(stream, city):
        if isinstance(read, Broken) and read.of_all:
            raise NoCrimeFile(f"{read.field}: {read.reason}" if read.field else read.reason)
        yield read


def read_crime(stream: BinaryIO, city: City) -> Iterator[ReadReport | Skipped | Broken]:
    """`stream` can be rewound. CSV is read line by line, GeoJSON as a whole, up to 64 MiB."""
    if not is_geojson(stream):
        yield from read_dc_crime(stream, city)
        return
    raw = stream.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        yield Broken(1, None, f"the file is larger than {LARGEST_BYTES} bytes", of_all=True)
        return
    yield from read_dc_geojson(raw.removeprefix(b"\xef\xbb\xbf"), city)
