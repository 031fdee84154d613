"""Load a set of areas: it holds from its day, in the place of a set of the same kind and day, whole or not at all.

Others know areas by name only: an area is announced when it begins, is called otherwise, or ends; its outline is not.
Loading the same set again changes nothing and publishes nothing.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from services.intake.area_files import areas_of
from services.intake.area_sets import AreaSet
from services.intake.areas_index import AreasIndex, Overlap
from services.intake.domain.area_life import Life, lives
from services.intake.feeds.dc_offences import City
from shared.contracts.events.areas import AreaDefined, AreaEvent, AreaRetired, AreaSnapshot
from shared.kernel.vocabulary import AreaKind
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_LOCK = "LOCK TABLE area_sets IN SHARE ROW EXCLUSIVE MODE"
_STORE_IF_DIFFERENT = """
INSERT INTO area_sets AS known (kind, effective_from, collection, collection_sha256, loaded_at, loaded_by)
VALUES (:kind, :effective_from, CAST(:collection AS json), :sha256, app_now(), :by)
ON CONFLICT (kind, effective_from) DO UPDATE
SET revision = DEFAULT, collection = EXCLUDED.collection, collection_sha256 = EXCLUDED.collection_sha256,
    loaded_at = EXCLUDED.loaded_at, loaded_by = EXCLUDED.loaded_by
WHERE known.collection_sha256 <> EXCLUDED.collection_sha256
"""
_NAMES = """
SELECT effective_from, f -> 'properties' ->> 'id' AS area_id, f -> 'properties' ->> 'name' AS name
FROM area_sets, json_array_elements(collection -> 'features') f WHERE kind = :kind
"""
_KNOWN = "SELECT area_id, name, effective_from FROM areas WHERE kind = :kind"
_KEEP_IF_DIFFERENT = """
INSERT INTO areas AS known (kind, area_id, version, name, effective_from, retired_on)
VALUES (:kind, :area_id, 1, :name, :effective_from, :retired_on)
ON CONFLICT (kind, area_id) DO UPDATE
SET version = known.version + 1, name = EXCLUDED.name, effective_from = EXCLUDED.effective_from,
    retired_on = EXCLUDED.retired_on
WHERE (known.name, known.effective_from, known.retired_on)
      IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.effective_from, EXCLUDED.retired_on)
RETURNING version
"""


@dataclass(frozen=True, slots=True)
class LoadedAreas:
    """`overlaps` are told, not refused: real borders are drawn twice and meet badly."""

    is_new: bool
    areas: int
    defined: int
    retired: int
    overlaps: tuple[Overlap, ...]


async def load_areas(tx: Transaction, loaded: AreaSet, city: City, where: str, *, by: str | None) -> LoadedAreas:
    """Raises AreasUnusable under the name `where`. `by`: None where the programme brings it."""
    areas = areas_of(loaded.collection, loaded.kind, where, city)
    text = json.dumps(loaded.collection, sort_keys=True, separators=(",", ":"))
    await tx.run(_LOCK)
    stored = await tx.run(
        _STORE_IF_DIFFERENT,
        kind=loaded.kind,
        effective_from=loaded.effective_from,
        collection=text,
        sha256=hashlib.sha256(text.encode()).digest(),
        by=by,
    )
    told = [await _tell(tx, loaded.kind, area_id, life) for area_id, life in (await _lives(tx, loaded.kind)).items()]
    return LoadedAreas(
        is_new=stored == 1,
        areas=len(areas),
        defined=sum(isinstance(event, AreaDefined) for event in told),
        retired=sum(isinstance(event, AreaRetired) for event in told),
        overlaps=tuple(AreasIndex(areas, {}).overlaps()),
    )


async def _lives(tx: Transaction, kind: AreaKind) -> dict[str, Life]:
    """Also of those that no set holds any more: they were never there."""
    sets: dict[date, dict[str, str]] = {}
    for row in await tx.rows(_NAMES, kind=kind):
        sets.setdefault(row["effective_from"], {})[row["area_id"]] = row["name"]
    never = {
        row["area_id"]: Life(row["name"], row["effective_from"], retired_on=row["effective_from"])
        for row in await tx.rows(_KNOWN, kind=kind)
    }
    return never | lives(sets)


async def _tell(tx: Transaction, kind: AreaKind, area_id: str, life: Life) -> AreaEvent | None:
    facts = {"area_id": area_id, "name": life.name, "effective_from": life.effective_from}
    row = await tx.row_or_none(_KEEP_IF_DIFFERENT, kind=kind, retired_on=life.retired_on, **facts)
    if row is None:
        return None
    snapshot = AreaSnapshot(version=row["version"], kind=kind, retired_on=life.retired_on, **facts)
    event = (AreaDefined if life.retired_on is None else AreaRetired)(at=await tx.now(), area=snapshot)
    await publish(tx, event)
    return event
