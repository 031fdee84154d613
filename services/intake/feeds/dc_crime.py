"""The crime file of the District of Columbia's police, read as reports.

A case number (CCN) is not a row's key but an incident's. Rows of one file that share it are one incident:

- identical rows are further victims, so homicide rows are counted as killed;
- another offence under the same number is another fact about the same incident: the gravest gives kind,
  weapon and place, the earliest row with a real time gives the time, and only if no row has one is it a
  date;
- rows without a number belong together when time, block and coordinates agree.

Rows of one incident may stand anywhere in the file, so reports come after its last line, in the order in
which their incidents first appear; skipped and broken rows come as they are met. Memory grows with violent
incidents, not with rows. Points are middles of blocks, never the scene. The file says nothing of injured
people, relationships or age.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from services.intake.feeds.csv_lines import Record, records
from services.intake.feeds.dc_offences import REQUIRED_COLUMNS, City, Offence, read_offence
from services.intake.feeds.reading import Broken, ReadReport, ReportBody, Skipped
from shared.kernel.vocabulary import IncidentKind, Relationship, TimePrecision

BLOCK_ACCURACY_M = 150.0
"""Half of a long block, rounded up: our estimate, the file gives none."""

_GRAVEST_FIRST = (
    IncidentKind.HOMICIDE,
    IncidentKind.SHOOTING,
    IncidentKind.STABBING,
    IncidentKind.ARMED_ROBBERY,
    IncidentKind.ASSAULT,
)


def read_dc_crime(stream: BinaryIO, city: City) -> Iterator[ReadReport | Skipped | Broken]:
    yield from together(_rows(stream, city))


def together(rows: Iterable[Offence | Skipped | Broken]) -> Iterator[ReadReport | Skipped | Broken]:
    """Offences of one incident as one report, after all rows were seen."""
    incidents: dict[str, list[Offence]] = {}
    for row in rows:
        if isinstance(row, Offence):
            incidents.setdefault(row.ref, []).append(row)
        else:
            yield row
    for offences in incidents.values():
        yield _report(offences)


def _rows(stream: BinaryIO, city: City) -> Iterator[Offence | Skipped | Broken]:
    lines = records(stream)
    header = _header(next(lines, None))
    if isinstance(header, Broken):
        yield header
        return
    for record in lines:
        yield record if isinstance(record, Broken) else _row(record, header, city)


def _header(record: Record | Broken | None) -> tuple[str, ...] | Broken:
    if record is None:
        return Broken(1, None, "the file is empty", of_all=True)
    if isinstance(record, Broken):
        return replace(record, of_all=True)
    columns = tuple(cell.upper() for cell in record.cells)
    for required in REQUIRED_COLUMNS:
        if required not in columns:
            return Broken(record.line, required, "this column is missing, so nothing can be read", of_all=True)
    return columns


def _row(record: Record, header: tuple[str, ...], city: City) -> Offence | Skipped | Broken:
    if len(record.cells) < len(header):
        return Broken(record.line, header[len(record.cells)], "the row ends before this column")
    if len(record.cells) > len(header):
        return Broken(record.line, None, "has more cells than the header")
    return read_offence(record.line, dict(zip(header, record.cells, strict=True)), city)


def _report(offences: list[Offence]) -> ReadReport:
    gravest = min(offences, key=lambda offence: _GRAVEST_FIRST.index(offence.kind))
    earliest = min(offences, key=lambda offence: (offence.precision is TimePrecision.DAY, offence.at))
    killed = sum(offence.kind is IncidentKind.HOMICIDE for offence in offences)
    has_time = earliest.precision is not TimePrecision.DAY
    body: ReportBody = {
        "source_ref": gravest.ref,
        "kind": gravest.kind,
        "occurred_at": _rfc3339(earliest.at),
        "occurred_precision": earliest.precision,
        "reported_at": _rfc3339(earliest.at) if has_time else None,
        "location": {"lat": gravest.point.lat, "lon": gravest.point.lon, "accuracy_m": BLOCK_ACCURACY_M},
        "injured": None,
        "killed": killed or None,
        "weapon": gravest.weapon,
        "relationship": Relationship.UNKNOWN,
        "juvenile_involved": None,
        "believed_group_related": None,
        "active_threat": False,
        "exercise": False,
    }
    victims = sum(offence.kind is gravest.kind for offence in offences)
    return ReadReport(tuple(offence.line for offence in offences), victims, body)


def _rfc3339(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
