"""All messages that died since some time are sent again, each by itself: one that may not be is counted, and stays.

Each has a transaction of its own, because each is decided under the lock of another incident.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.alerts.domain.replaying import Unsendable
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.deliveries import Wanted, delivery_page
from services.alerts.usecases.messages.replay_delivery import replay_delivery
from shared.persistence.database import Database

AT_A_TIME = 200


@dataclass
class Replayed:
    """`skipped`: how many stayed dead, by reason. `more`: there are older ones that were not looked at."""

    replayed: int = 0
    skipped: Counter[Unsendable] = field(default_factory=Counter)
    more: bool = False


async def replay_all_deliveries(db: Database, viewer: Viewer, wanted: Wanted, *, at_most: int) -> Replayed:
    """The newest first, because what is newest is most likely to matter still."""
    done, behind = Replayed(), None
    for _ in range(at_most):
        found = await _next(db, viewer, replace(wanted, state="dead"), behind)
        if found is None:
            return done
        delivery_id, behind = found
        result = await _replayed(db, viewer, delivery_id)
        if isinstance(result, Unsendable):
            done.skipped[result] += 1
        else:
            done.replayed += 1
    done.more = await _next(db, viewer, replace(wanted, state="dead"), behind) is not None
    return done


async def _replayed(db: Database, viewer: Viewer, delivery_id: UUID) -> UUID | Unsendable:
    return await db.retrying(lambda tx: replay_delivery(tx, viewer, delivery_id))


async def _next(
    db: Database, viewer: Viewer, wanted: Wanted, behind: tuple[datetime, UUID] | None
) -> tuple[UUID, tuple[datetime, UUID]] | None:
    async with db.transaction() as tx:
        rows = await delivery_page(tx, viewer, wanted, behind=behind, limit=1)
    return None if not rows else (rows[0]["delivery_id"], (rows[0]["queued_at"], rows[0]["delivery_id"]))
