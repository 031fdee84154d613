"""What is known around a report, found in one round trip and under locks that keep it true until the commit.

The function in the database locks the report's reference and its cells, and looks only then: whoever comes second
sees what the first one wrote. A report said word for word before needs no lock at all.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.intake.domain.activation import Timing
from services.intake.domain.neighbourhood import Neighbourhood, neighbourhood
from services.intake.domain.recognition import Known
from services.intake.domain.report import Report
from services.intake.domain.sameness import NUMBERS_EVENTS, SHARED_NUMBERS, Number, SamenessRule
from services.intake.domain.sameness import Account as Told
from shared.kernel.geo import Point
from shared.kernel.vocabulary import IncidentKind, IncidentState, Relationship, SourceKind, TimePrecision, Weapon
from shared.persistence.request_keys import UNASKED, Scope, asked
from shared.persistence.transaction import Row, Transaction

_LOOK_AROUND = "SELECT * FROM look_around_each(CAST(:reports AS jsonb))"
_LOOK_AROUND_EACH = f"""
WITH asked AS MATERIALIZED ({UNASKED})
SELECT place, unasked, app_now() AS now, around.*
FROM asked LEFT JOIN look_around_each(CAST(:reports AS jsonb)) AS around ON around.number = place
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """Word for word, by the same source."""

    report_id: UUID
    incident_id: UUID


@dataclass(frozen=True, slots=True)
class Named:
    """The source has named the incident before. `home`: where it was filed, which was perhaps merged since."""

    incident_id: UUID
    home: UUID


@dataclass(frozen=True, slots=True)
class Around:
    known: Sequence[Known]


@dataclass(frozen=True, slots=True)
class Request:
    """`scope`: of its key, None without one. `report`: None if nothing is to be looked for around it."""

    scope: Scope | None
    report: Report | None


@dataclass(frozen=True, slots=True)
class Seen:
    """`is_new`: the request was not made before, nor is it being made; its key is this transaction's from now on."""

    is_new: bool
    around: SaidBefore | Named | Around | None


async def look_around(tx: Transaction, report: Report, rule: SamenessRule) -> SaidBefore | Named | Around:
    """Two reports of what may be one event come out of here one after the other."""
    return _found(report, await tx.rows(_LOOK_AROUND, reports=_reports([report], rule)))


async def look_around_each(tx: Transaction, requests: Sequence[Request], rule: SamenessRule) -> list[Seen]:
    """Of reports that share neither reference nor cell and day: none of them is around another."""
    reports = _reports([request.report for request in requests], rule)
    rows = await tx.rows(_LOOK_AROUND_EACH, reports=reports, **asked([request.scope for request in requests]))
    tx.is_now(rows[0]["now"])
    found: list[list[Row]] = [[] for _ in requests]
    for row in rows:
        found[row["place"] - 1].append(row)
    return [_seen(request.report, mine) for request, mine in zip(requests, found, strict=True)]


def _seen(report: Report | None, rows: Sequence[Row]) -> Seen:
    around = None if report is None else _found(report, [row for row in rows if row["number"] is not None])
    return Seen(rows[0]["unasked"], around)


def _reports(reports: Sequence[Report | None], rule: SamenessRule) -> str:
    """Numbered by their places, which begin with 1."""
    numbered = [(number, report) for number, report in enumerate(reports, 1) if report is not None]
    return json.dumps(
        [
            _asked(report, neighbourhood(account(report), rule))
            | {"number": number, "content": report.content_sha256.hex()}
            for number, report in numbered
        ],
        default=str,
    )


def _asked(report: Report, near: Neighbourhood) -> dict[str, Any]:
    return {
        "source": report.source,
        "source_ref": report.source_ref,
        "locked_cells": [cell for cell, _ in near.locks],
        "locked_days": [day for _, day in near.locks],
        "cells": list(near.cells),
        "lat": report.point.lat,
        "lon": report.point.lon,
        "north": near.north,
        "east": near.east,
        "since": near.since,
        "until": near.until,
        "exercise": report.exercise,
        "occurred_at": report.timing.occurred_at,
        "told_by": report.source_kind,
    }


def _found(report: Report, rows: Sequence[Row]) -> SaidBefore | Named | Around:
    first = rows[0] if rows else None
    if first is not None and first["what"] == "said":
        return SaidBefore(first["report_id"], first["incident_id"])
    if first is not None and first["what"] == "named":
        return Named(first["incident_id"], first["home"])
    return Around([_known(row, report) for row in rows])


def account(report: Report) -> Told:
    facts = report.facts
    return Told(
        kind=facts.kind,
        weapon=facts.weapon,
        relationship=facts.relationship,
        source_kind=report.source_kind,
        timing=report.timing,
        point=report.point,
        accuracy_m=report.accuracy_m,
        exercise=report.exercise,
    )


def _known(row: Row, report: Report) -> Known:
    told = Told(
        kind=IncidentKind(row["kind"]),
        weapon=Weapon(row["weapon"]),
        relationship=Relationship(row["relationship"]),
        source_kind=SourceKind(row["source_kind"]),
        timing=Timing(row["occurred_at"], TimePrecision(row["occurred_precision"]), row["reported_at"]),
        point=Point(row["lat"], row["lon"]),
        accuracy_m=row["accuracy_m"],
        exercise=row["exercise"],
    )
    return Known(row["incident_id"], IncidentState(row["state"]), told, _number(row, report), row["restricted"])


def _number(row: Row, report: Report) -> Number:
    if row["same_number"] and report.source_kind in SHARED_NUMBERS:
        return Number.SAME
    return Number.OTHER if row["numbered"] and report.source_kind in NUMBERS_EVENTS else Number.SILENT
