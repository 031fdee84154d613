"""What may wait until morning, and until when. Questions about an activated incident and pages never wait: there is no
code for them here, so that no policy can make them.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.kernel.vocabulary import MayWait


@dataclass(frozen=True)
class QuietHours:
    """Local time of the programme; `begin` is later in the day than `end`, or earlier: both are understood."""

    begin: time
    end: time
    waits: frozenset[MayWait]
    zone: ZoneInfo


def goes_out_at(quiet: QuietHours | None, what: MayWait, at: datetime) -> datetime:
    """When something that is due at `at` is told: then, or at the end of the quiet hours that it falls into."""
    if quiet is None or what not in quiet.waits:
        return at
    local = at.astimezone(quiet.zone)
    if not _is_quiet(quiet, local.time()):
        return at
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.end, tzinfo=quiet.zone).astimezone(at.tzinfo)


def _is_quiet(quiet: QuietHours, moment: time) -> bool:
    if quiet.begin <= quiet.end:
        return quiet.begin <= moment < quiet.end
    return moment >= quiet.begin or moment < quiet.end
