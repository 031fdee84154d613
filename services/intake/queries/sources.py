"""Sources as rows: what a report needs to know of who sends it, and what the office sees of them.

When a source was first and last heard is not written anywhere: its reports say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.silence import HOURS_LOOKED_AT
from services.intake.domain.sources import Trust, left_in_minute, wait_s
from services.intake.domain.verification import Voice
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import SourceKind
from shared.persistence.transaction import Row, Transaction

# In the way of one report more is the oldest of the last minute, or of as many as a limit allows that was lowered.
_KNOWN = """
SELECT kind, trust, changed_by IS NOT NULL AS by_the_office, revoked_at IS NOT NULL AS is_revoked, reports_per_minute,
       app_now() AS now, minute.taken, minute.in_the_way
FROM sources LEFT JOIN LATERAL (
    SELECT count(*) AS taken,
           (array_agg(received_at ORDER BY received_at DESC))[least(count(*), reports_per_minute)] AS in_the_way
    FROM reports WHERE reports.source = sources.source AND received_at > app_now() - interval '1 minute'
) AS minute ON reports_per_minute IS NOT NULL
WHERE source = :source
"""
_VOICES = """
SELECT DISTINCT source, source_kind, source_ref, coalesce(trust, 'by_kind') AS trust
FROM reports LEFT JOIN sources USING (source) WHERE incident_id IN (SELECT incident_tree(:id))
"""
_NOTE_REFUSAL = "UPDATE sources SET refused_at = app_now(), refused_for = :reason WHERE source = :source"
_SHOWN = """
SELECT id, source, version, kind, trust, reports_per_minute, quiet_after_s, learned_quiet_after_s, registered_at,
       changed_by, changed_at, revoked_at, refused_at, refused_for, quiet_since,
       (SELECT min(received_at) FROM reports WHERE reports.source = sources.source) AS first_heard_at,
       (SELECT max(received_at) FROM reports WHERE reports.source = sources.source) AS last_heard_at
FROM sources
"""
_ONE = _SHOWN + "WHERE id = :id"
_PAGE = (
    _SHOWN
    + """
WHERE (CAST(:kind AS text) IS NULL OR kind = :kind)
  AND (CAST(:quiet AS boolean) IS NULL OR (quiet_since IS NOT NULL) = :quiet)
  AND (CAST(:revoked AS boolean) IS NULL OR (revoked_at IS NOT NULL) = :revoked)
  AND (CAST(:after AS text) IS NULL OR source > :after)
ORDER BY source LIMIT :limit
"""
)
_LOCK = "SELECT id, source, kind, version, revoked_at, quiet_since FROM sources WHERE id = :id FOR UPDATE"
# Hour by hour backwards, an index look-up each: what a busy source says within an hour is not read.
_HEARD = """
WITH RECURSIVE heard AS (
    SELECT source, 1 AS hours,
           (SELECT max(received_at) FROM reports WHERE reports.source = sources.source) AS at
    FROM sources WHERE revoked_at IS NULL
    UNION ALL
    SELECT source, hours + 1,
           (SELECT max(received_at) FROM reports
            WHERE reports.source = heard.source AND received_at < date_trunc('hour', heard.at, 'UTC'))
    FROM heard WHERE at IS NOT NULL AND hours < :hours
)
SELECT sources.id, kind, quiet_after_s, learned_quiet_after_s, quiet_since,
       coalesce(readmitted_at, registered_at) AS awaited_since,
       array_remove(array_agg(at ORDER BY at DESC), NULL) AS heard
FROM sources JOIN heard USING (source) GROUP BY sources.id ORDER BY sources.id
"""


@dataclass(frozen=True, slots=True)
class KnownSource:
    """`by_the_office`: a person registered or changed it, so that its kind counts and not the token's. `left`: reports
    it may still send in this minute, None any number; `wait_s`: seconds until it may send one more.
    """

    kind: SourceKind
    trust: Trust
    by_the_office: bool
    is_revoked: bool
    left: int | None
    wait_s: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A source and the latest times at which it was heard, one in each hour, newest first. `awaited_since`: when it was
    registered, or last admitted again.
    """

    id: UUID
    kind: SourceKind
    quiet_after_s: int | None
    learned_quiet_after_s: int | None
    quiet_since: datetime | None
    awaited_since: datetime
    heard: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class WantedSources:
    """`after`: the identity of the last one seen."""

    kind: SourceKind | None = None
    quiet: bool | None = None
    revoked: bool | None = None
    after: str | None = None


async def read_known(tx: Transaction, source: str) -> KnownSource | None:
    row = await tx.row_or_none(_KNOWN, source=source)
    if row is None:
        return None
    limit = row["reports_per_minute"]
    return KnownSource(
        SourceKind(row["kind"]),
        Trust(row["trust"]),
        row["by_the_office"],
        row["is_revoked"],
        None if limit is None else left_in_minute(limit, row["taken"]),
        wait_s(row["in_the_way"], row["now"]),
    )


async def read_voices(tx: Transaction, incident_id: UUID) -> list[Voice]:
    """Who told of an incident, each trusted as the office trusts it now."""
    return [
        Voice(said["source"], SourceKind(said["source_kind"]), said["source_ref"], Trust(said["trust"]))
        for said in await tx.rows(_VOICES, id=incident_id)
    ]


async def note_refusal(tx: Transaction, source: str, reason: str) -> None:
    await tx.run(_NOTE_REFUSAL, source=source, reason=reason)


async def read_source(tx: Transaction, source_id: UUID) -> Row:
    row = await tx.row_or_none(_ONE, id=source_id)
    if row is None:
        raise NotFound("There is no such source.")
    return row


async def lock_source(tx: Transaction, source_id: UUID) -> Row:
    row = await tx.row_or_none(_LOCK, id=source_id)
    if row is None:
        raise NotFound("There is no such source.")
    return row


async def list_sources(tx: Transaction, wanted: WantedSources, limit: int) -> Sequence[Row]:
    """In order of their identities."""
    return await tx.rows(
        _PAGE, kind=wanted.kind, quiet=wanted.quiet, revoked=wanted.revoked, after=wanted.after, limit=limit
    )


async def read_heard(tx: Transaction) -> list[Heard]:
    """Of every source that is not revoked."""
    rows = await tx.rows(_HEARD, hours=HOURS_LOOKED_AT)
    return [
        Heard(
            row["id"],
            SourceKind(row["kind"]),
            row["quiet_after_s"],
            row["learned_quiet_after_s"],
            row["quiet_since"],
            row["awaited_since"],
            tuple(row["heard"]),
        )
        for row in rows
    ]
