"""Take a programme over: kept as the next version if it differs from the newest, and its areas loaded as sets.

Loading the same programme again changes nothing and publishes nothing. A file of areas that is as it was in the
programme before is not loaded again: what the office has loaded meanwhile for its day stays.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.area_files import AreasUnusable, areas_of
from services.intake.area_sets import read_sets
from services.intake.feeds.dc_offences import City
from services.intake.programme import ProgrammeUnusable, programme_of, sets_of
from services.intake.usecases.load_areas import load_areas
from shared.persistence.transaction import Transaction

_LOCK = "LOCK TABLE programmes IN SHARE ROW EXCLUSIVE MODE"
_STORE_IF_DIFFERENT = """
INSERT INTO programmes (version, document_sha256, document, loaded_at)
SELECT coalesce(max(version), 0) + 1, :sha256, CAST(:document AS json), app_now() FROM programmes
HAVING NOT coalesce((SELECT document_sha256 = :sha256 FROM programmes ORDER BY version DESC LIMIT 1), false)
"""
_NEWEST = """
SELECT version, CAST(document AS text) AS document FROM programmes ORDER BY version DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    version: int
    is_new: bool
    areas_defined: int


async def load_programme(tx: Transaction, document: Mapping[str, Any]) -> Loaded:
    """Raises ProgrammeUnusable for a document that cannot be served, also with the areas that others have loaded."""
    programme = programme_of(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    await tx.run(_LOCK)
    before = await tx.row_or_none(_NEWEST)
    stored = await tx.run(_STORE_IF_DIFFERENT, sha256=hashlib.sha256(text.encode()).digest(), document=text)
    known = sets_of(json.loads(before["document"])) if before else []
    defined = 0
    for name, one in sets_of(document):
        if (name, one) not in known:
            try:
                defined += (await load_areas(tx, one, programme.city, name, by=None)).defined
            except AreasUnusable as unusable:
                raise ProgrammeUnusable(str(unusable)) from unusable
    if stored:
        await _refuse_what_is_outside(tx, programme.city)
    version = (before["version"] if before else 0) + stored
    return Loaded(version, stored == 1, defined)


async def _refuse_what_is_outside(tx: Transaction, city: City) -> None:
    """All sets are in force together: one of them outside new bounds would leave intake with none."""
    for one in await read_sets(tx):
        try:
            areas_of(one.collection, one.kind, f"{one.kind} areas from {one.effective_from}", city)
        except AreasUnusable as unusable:
            raise ProgrammeUnusable(str(unusable)) from unusable
