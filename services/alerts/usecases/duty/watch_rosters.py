"""Tell a person while there is still time: nobody is rostered for a role of a community in the days ahead.

A community per transaction, so that no deadline waits behind the planning of a whole city; several engines take
different ones. One alarm per role and the local day on which its gap begins; it is cleared when somebody is planned.
"""

from datetime import datetime, timedelta

from services.alerts.domain.quiet_hours import goes_out_at
from services.alerts.domain.rosters import gaps
from services.alerts.domain.shifts import Span
from services.alerts.queries.rosters import Watch, roster_of, watched_by
from shared.kernel.vocabulary import MayWait
from shared.messaging.alarms import clear_alarm, sustain_alarm
from shared.persistence.transaction import Transaction

_DUE = """
SELECT area_id FROM communities WHERE roster_looked_at IS NULL OR roster_looked_at <= app_now() - interval '5 minutes'
ORDER BY roster_looked_at NULLS FIRST, area_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_LOOKED = "UPDATE communities SET roster_looked_at = app_now() WHERE area_id = :community"
_STANDING = """
SELECT subject FROM alarms
WHERE service = 'alerts' AND alarm = 'roster_gap' AND state <> 'cleared' AND split_part(subject, '/', 1) = :community
"""
_IS_COVERED = """
SELECT EXISTS (SELECT FROM coverage WHERE community = :community AND from_day <= :day
               AND (until_day IS NULL OR until_day > :day))
   AND NOT EXISTS (SELECT FROM communities WHERE area_id = :community AND retired_on <= :day) AS covered
"""


async def watch_rosters(tx: Transaction) -> bool:
    """One community; False if none is due."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    community, watch = due["area_id"], await watched_by(tx)
    await tx.run(_LOOKED, community=community)
    missing = await _missing(tx, community, watch)
    standing = {row["subject"] for row in await tx.rows(_STANDING, community=community)}
    for subject in sorted(missing):
        if subject in standing or not _waits(watch, await tx.now()):
            await sustain_alarm(tx, service="alerts", alarm="roster_gap", subject=subject)
    for subject in sorted(standing - missing):
        await clear_alarm(tx, service="alerts", alarm="roster_gap", subject=subject)
    return True


def _waits(watch: Watch, now: datetime) -> bool:
    """A policy may keep such news until morning."""
    return goes_out_at(watch.quiet_hours, MayWait.ROSTER_GAP, now) > now


async def _missing(tx: Transaction, community: str, watch: Watch) -> set[str]:
    """A community that has ended or that nobody covers, or where nobody has shifts at all, has no roster with gaps."""
    now = await tx.now()
    window, zone = Span(now, now + watch.ahead), watch.zone
    if watch.ahead == timedelta(0):
        return set()
    roster = await roster_of(tx, community, zone, window)
    covered = await tx.row(_IS_COVERED, community=community, day=now.astimezone(zone).date())
    if not (roster.is_used and covered["covered"]):
        return set()
    people = [member.rostered for member in roster.members]
    return {
        f"{community}/{gap.role}/{gap.begins.astimezone(zone).date()}" for gap in gaps(people, watch.wanted, window)
    }
