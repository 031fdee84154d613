"""The programme in force: the newest one in the database, built once and kept until its version changes.

Never older than a second, so a newly loaded programme is in force everywhere within a second, without a restart.
Without any programme nothing is decided and nothing stored.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.area_sets import AreasByDay, AreaSet, Days, read_sets
from services.intake.domain.location import choose_area
from services.intake.domain.screening import OutOfScope, Screened, screen
from services.intake.domain.sources import Trust, is_trusted
from services.intake.programme import Programme, programme_of
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.errors import Unavailable
from shared.kernel.geo import Point
from shared.kernel.vocabulary import AreaKind, SourceKind
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.runtime.kept_fresh import KeptFresh

NO_OLDER_THAN_S = 1.0
_NEWEST = """
SELECT max(version) AS version, (SELECT coalesce(max(revision), 0) FROM area_sets) AS areas FROM programmes
"""
_DOCUMENT = "SELECT CAST(document AS text) AS document FROM programmes WHERE version = :version"


@dataclass(frozen=True, slots=True)
class Community:
    area_id: str
    name: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point belongs; None where it lies in no such area."""

    community: Community | None
    ward: str | None
    cluster: str | None


@dataclass(frozen=True, slots=True)
class InForce:
    """`areas_revision`: rises with each set of areas that is loaded."""

    version: int
    areas_revision: int
    programme: Programme
    areas: AreasByDay

    def locate(self, point: Point, occurred_at: datetime) -> Located:
        """By the areas that were in force on the city's day on which it occurred."""
        days = self._on(occurred_at)
        found = days.index.locate(point.lat, point.lon)
        near = choose_area(found[AreaKind.COMMUNITY], within_m=self.programme.nearest_community_within_m)
        ward = choose_area(found[AreaKind.WARD], within_m=0.0)
        cluster = choose_area(found[AreaKind.CLUSTER], within_m=0.0)
        return Located(
            community=near and Community(near.area_id, days.community_names[near.area_id], near.distance_m),
            ward=ward and ward.area_id,
            cluster=cluster and cluster.area_id,
        )

    def nearest_community(self, point: Point, occurred_at: datetime) -> Community | None:
        """However far."""
        days = self._on(occurred_at)
        near = days.index.nearest(point.lat, point.lon, AreaKind.COMMUNITY)
        return near and Community(near.area_id, days.community_names[near.area_id], near.distance_m)

    def _on(self, occurred_at: datetime) -> Days:
        return self.areas.on(occurred_at.astimezone(self.programme.city.zone).date())

    def trusts(self, kind: SourceKind, trust: Trust) -> bool:
        """Whether what such a source says may page people without a dispatcher."""
        return is_trusted(kind, trust, self.programme.activation.trusted_sources)

    def routes(self) -> frozenset[str]:
        return frozenset(exclusion.route for exclusion in self.programme.exclusions)

    def text_for_caller(self, incident: IncidentSnapshot) -> str | None:
        """What somebody is told whose report belongs to others: by what the incident is, or else by where it went."""
        known = Screened(incident.kind, incident.relationship, incident.believed_group_related)
        there = [exclusion for exclusion in self.programme.exclusions if exclusion.route == incident.route]
        screened = screen(known, tuple(there))
        if isinstance(screened, OutOfScope):
            return self.programme.caller_texts[screened.tell_the_caller]
        return self.programme.caller_texts[there[0].tell_the_caller] if there else None


class CurrentProgramme:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept = KeptFresh(self._newest, for_s=NO_OLDER_THAN_S)

    async def get(self) -> InForce:
        """Raises Unavailable while no programme was ever loaded."""
        return await self._kept.get()

    async def _newest(self, known: InForce | None) -> InForce:
        async with self._db.transaction() as tx:
            found = await _look(tx, known)
        return found if isinstance(found, InForce) else await asyncio.to_thread(_build, found)


@dataclass(frozen=True, slots=True)
class _Loaded:
    version: int
    areas_revision: int
    document: Mapping[str, Any]
    sets: Sequence[AreaSet]


async def read_in_force(tx: Transaction) -> InForce:
    """Built anew, for a command that does its work once. Raises Unavailable."""
    found = await _look(tx, None)
    assert isinstance(found, _Loaded)
    return _build(found)


async def _look(tx: Transaction, known: InForce | None) -> InForce | _Loaded:
    newest = await tx.row(_NEWEST)
    version, areas_revision = newest["version"], newest["areas"]
    if version is None:
        raise Unavailable(
            "No programme is loaded, so nothing can be decided and nothing was stored: "
            "run `python -m services.intake load-programme DIR`."
        )
    if known is not None and (known.version, known.areas_revision) == (version, areas_revision):
        return known
    document = json.loads((await tx.row(_DOCUMENT, version=version))["document"])
    return _Loaded(version, areas_revision, document, await read_sets(tx))


def _build(loaded: _Loaded) -> InForce:
    programme = programme_of(loaded.document)
    areas = AreasByDay(loaded.sets, programme.city, programme.nearest_community_within_m)
    return InForce(loaded.version, loaded.areas_revision, programme, areas)
