"""Tell a person when a source is silent for longer than usual, and when it is heard again.

All at once, some look-ups each. Any number of processes may watch: a row changes only from what this one saw.
"""

from datetime import datetime, timedelta

from services.intake.domain.silence import learned_patience, quiet_since
from services.intake.metrics import QUIET_SOURCES
from services.intake.queries.sources import Heard, read_heard
from shared.messaging.alarms import clear_if_standing, raise_alarm
from shared.persistence.transaction import Transaction

_NOTE = """
UPDATE sources SET quiet_since = :since, learned_quiet_after_s = :learned_s
WHERE id = :id AND revoked_at IS NULL AND quiet_since IS NOT DISTINCT FROM :was
"""


async def watch_sources(tx: Transaction) -> None:
    now, quiet = await tx.now(), 0
    for source in await read_heard(tx):
        learned = learned_patience(source.kind, source.heard)
        since = _quiet_since(source, learned, now)
        quiet += since is not None
        learned_s = None if learned is None else int(learned.total_seconds())
        if (since, learned_s) != (source.quiet_since, source.learned_quiet_after_s):
            await _note(tx, source, since, learned_s)
    QUIET_SOURCES.set(quiet)


def _quiet_since(source: Heard, learned: timedelta | None, now: datetime) -> datetime | None:
    patience = learned if source.quiet_after_s is None else timedelta(seconds=source.quiet_after_s)
    return quiet_since(max((source.awaited_since, *source.heard[:1])), patience, now)


async def _note(tx: Transaction, source: Heard, since: datetime | None, learned_s: int | None) -> None:
    if await tx.run(_NOTE, id=source.id, since=since, learned_s=learned_s, was=source.quiet_since) == 0:
        return  # another process was quicker
    if source.quiet_since is None and since is not None:
        await raise_alarm(tx, service="intake", alarm="source_quiet", subject=str(source.id))
    if source.quiet_since is not None and since is None:
        await clear_if_standing(tx, service="intake", alarm="source_quiet", subject=str(source.id))
