"""Take a programme over: kept as the next version if it differs from the newest, and its areas made known.

Loading the same programme again changes nothing and publishes nothing. An area whose outline alone changed is not
announced anew: others know areas by name only.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.programme import DatedArea, programme_of
from shared.contracts.events.areas import AreaDefined, AreaSnapshot
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_LOCK = "LOCK TABLE programmes IN SHARE ROW EXCLUSIVE MODE"
_STORE_IF_DIFFERENT = """
INSERT INTO programmes (version, document_sha256, document, loaded_at)
SELECT coalesce(max(version), 0) + 1, :sha256, CAST(:document AS json), app_now() FROM programmes
HAVING NOT coalesce((SELECT document_sha256 = :sha256 FROM programmes ORDER BY version DESC LIMIT 1), false)
"""
_NEWEST = "SELECT max(version) AS version FROM programmes"
_DEFINE_IF_DIFFERENT = """
INSERT INTO areas AS known (kind, area_id, version, name, effective_from)
VALUES (:kind, :area_id, 1, :name, :effective_from)
ON CONFLICT (kind, area_id) DO UPDATE
SET version = known.version + 1, name = EXCLUDED.name, effective_from = EXCLUDED.effective_from
WHERE (known.name, known.effective_from) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.effective_from)
RETURNING version
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    version: int
    is_new: bool
    areas_defined: int


async def load_programme(tx: Transaction, document: Mapping[str, Any]) -> Loaded:
    """Raises ProgrammeUnusable for a document that cannot be served."""
    programme = programme_of(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    await tx.run(_LOCK)
    stored = await tx.run(_STORE_IF_DIFFERENT, sha256=hashlib.sha256(text.encode()).digest(), document=text)
    defined = [await _define(tx, dated) for dated in programme.areas]
    return Loaded((await tx.row(_NEWEST))["version"], stored == 1, sum(defined))


async def _define(tx: Transaction, dated: DatedArea) -> bool:
    area = dated.area
    row = await tx.row_or_none(
        _DEFINE_IF_DIFFERENT,
        kind=area.kind,
        area_id=area.area_id,
        name=area.name,
        effective_from=dated.effective_from,
    )
    if row is None:
        return False
    snapshot = AreaSnapshot(
        version=row["version"],
        area_id=area.area_id,
        kind=area.kind,
        name=area.name,
        effective_from=dated.effective_from,
    )
    await publish(tx, AreaDefined(at=await tx.now(), area=snapshot))
    return True
