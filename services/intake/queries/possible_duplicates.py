"""Pairs of incidents that may be one event. A pair is kept once, the lesser id first; merged incidents are left out,
whoever asks: the other half of their pairs is the survivor's. A restricted one shows in nobody else's queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.intake.domain.recognition import Lookalike
from services.intake.domain.sameness import Doubt
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.persistence.transaction import Transaction

_LINK = """
INSERT INTO possible_duplicates (one_id, other_id, distance_m, apart_s, doubts, noted_at)
SELECT least(new_id, other_id), greatest(new_id, other_id), distance_m, apart_s, string_to_array(doubts, ' '), app_now()
FROM unnest(CAST(:new AS uuid[]), CAST(:other AS uuid[]), CAST(:metres AS float8[]), CAST(:seconds AS float8[]),
            CAST(:doubts AS text[])) AS found (new_id, other_id, distance_m, apart_s, doubts)
ON CONFLICT (one_id, other_id) DO NOTHING
"""
_OF = """
SELECT i.id, i.state, i.kind, p.distance_m, p.apart_s, p.doubts, p.noted_at
FROM possible_duplicates p
JOIN incidents i ON i.id = CASE WHEN p.one_id = :id THEN p.other_id ELSE p.one_id END
WHERE (p.one_id = :id OR p.other_id = :id) AND p.state = 'open' AND i.state <> 'merged'
  AND (:restricted OR NOT i.restricted)
ORDER BY p.noted_at, i.id LIMIT 50
"""
_SETTLE = """
UPDATE possible_duplicates SET state = :state, settled_by = :settled_by, settled_at = app_now(), reason = :reason
WHERE one_id = least(CAST(:one AS uuid), CAST(:other AS uuid))
  AND other_id = greatest(CAST(:one AS uuid), CAST(:other AS uuid)) AND state = 'open'
"""
_INHERIT = """
INSERT INTO possible_duplicates (one_id, other_id, distance_m, apart_s, doubts, noted_at, inherited_from)
SELECT least(CAST(:survivor AS uuid), other.id), greatest(CAST(:survivor AS uuid), other.id),
    distance_m, apart_s, doubts, app_now(), coalesce(p.inherited_from, :merged)
FROM possible_duplicates p
CROSS JOIN LATERAL (SELECT CASE WHEN p.one_id = :merged THEN p.other_id ELSE p.one_id END AS id) AS other
WHERE (p.one_id = :merged OR p.other_id = :merged) AND p.state = 'open' AND other.id <> :survivor
ON CONFLICT (one_id, other_id) DO NOTHING
"""
_DISINHERIT = """
DELETE FROM possible_duplicates WHERE state = 'open' AND inherited_from IN (SELECT incident_tree(:back))
  AND one_id NOT IN (SELECT incident_tree(:back)) AND other_id NOT IN (SELECT incident_tree(:back))
"""
_TELL_APART = """
UPDATE possible_duplicates SET state = 'not_duplicate', settled_by = :by, settled_at = app_now(), reason = :reason
WHERE one_id = least(CAST(:one AS uuid), CAST(:other AS uuid))
  AND other_id = greatest(CAST(:one AS uuid), CAST(:other AS uuid))
"""
_STANDING = """
SELECT state FROM possible_duplicates
WHERE one_id = least(CAST(:one AS uuid), CAST(:other AS uuid))
  AND other_id = greatest(CAST(:one AS uuid), CAST(:other AS uuid))
"""
# Pairs of a row of `incidents` that ask for a person: one of the two goes on, or may, and neither was screened out as
# the other's duplicate; one of them was told of while somebody might have been paged for it, so that history that is
# brought in asks nobody.
_ASKING = """
FROM possible_duplicates p JOIN incidents o ON o.id = p.one_id OR o.id = p.other_id
WHERE (p.one_id = incidents.id OR p.other_id = incidents.id) AND o.id <> incidents.id
  AND p.state = 'open' AND o.state <> 'merged' AND o.restricted <= incidents.restricted
  AND NOT (incidents.state IN ('closed', 'screened_out') AND o.state IN ('closed', 'screened_out'))
  AND 'duplicate' NOT IN (coalesce(incidents.screened_out_reason, ''), coalesce(o.screened_out_reason, ''))
  AND (incidents.activatable_until >= incidents.opened_at OR o.activatable_until >= o.opened_at)
"""
IN_QUEUE = f"state <> 'merged' AND EXISTS (SELECT {_ASKING})"
IN_QUEUE_SINCE = f"(SELECT min(p.noted_at) {_ASKING})"


@dataclass(frozen=True, slots=True)
class Alike:
    """The other half of an open pair."""

    incident_id: UUID
    state: IncidentState
    kind: IncidentKind
    distance_m: float
    apart_s: float
    doubts: tuple[Doubt, ...]
    noted_at: datetime


def link(tx: Transaction, incident_id: UUID, possible: Sequence[Lookalike]) -> None:
    for one in possible:
        tx.put(
            _LINK,
            new=incident_id,
            other=one.known.incident_id,
            metres=one.how.distance_m,
            seconds=one.how.apart.total_seconds(),
            doubts=" ".join(one.how.doubts),
        )


async def read_alike(tx: Transaction, incident_id: UUID, *, restricted: bool) -> list[Alike]:
    """The first 50, in the order they were noted. `restricted`: also those."""
    return [
        Alike(
            row["id"],
            IncidentState(row["state"]),
            IncidentKind(row["kind"]),
            row["distance_m"],
            row["apart_s"],
            tuple(Doubt(doubt) for doubt in row["doubts"]),
            row["noted_at"],
        )
        for row in await tx.rows(_OF, id=incident_id, restricted=restricted)
    ]


async def settle(
    tx: Transaction, one: UUID, other: UUID, state: Literal["merged", "not_duplicate"], by: str, reason: str | None
) -> bool:
    """False if the pair does not exist or is settled."""
    return await tx.run(_SETTLE, one=one, other=other, state=state, settled_by=by, reason=reason) == 1


async def inherit(tx: Transaction, merged: UUID, survivor: UUID) -> None:
    """What may be the same as the merged one may be the same as the survivor."""
    await tx.run(_INHERIT, merged=merged, survivor=survivor)


async def disinherit(tx: Transaction, back: UUID) -> None:
    """What others had from the one that comes back: nobody has looked at it yet, and it speaks of this one alone."""
    await tx.run(_DISINHERIT, back=back)


async def tell_apart(tx: Transaction, one: UUID, other: UUID, by: str, reason: str | None) -> None:
    """Whatever was decided about the pair before, if there is one."""
    await tx.run(_TELL_APART, one=one, other=other, by=by, reason=reason)


async def standing_of(tx: Transaction, one: UUID, other: UUID) -> str | None:
    found = await tx.row_or_none(_STANDING, one=one, other=other)
    return None if found is None else found["state"]
