"""What a person does when messages got stuck, and that the alarm about it is then over.

An alarm that stood on after its fault was mended would keep the next one from being told.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from shared.kernel.errors import Refused
from shared.messaging import dead_letters
from shared.messaging.alarms import clear_if_standing, hold_alarm
from shared.messaging.consumer.positions import resume_consumer
from shared.messaging.relay.settle import retry_set_aside
from shared.messaging.subscriptions import Subscriptions
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.sqlstate import is_transient, sqlstate
from shared.persistence.transaction import Transaction

AT_MOST = 500
_REASON = "SELECT reason FROM consumer_stop"
_TOPICS = "SELECT DISTINCT topic FROM outbox WHERE set_aside_at IS NOT NULL"
_OPEN_ON = "SELECT 1 AS one FROM dead_letters WHERE topic = :topic AND settled_at IS NULL LIMIT 1"
_OPEN_SINCE = """
SELECT id, set_aside_at FROM dead_letters
WHERE settled_at IS NULL AND (set_aside_at, id) > (:since, :id) ORDER BY set_aside_at, id LIMIT :limit
"""
_FIRST = UUID(int=0)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
log = get_logger(__name__)


@dataclass(frozen=True)
class Mender:
    """Who mends: `by` is kept with what was settled."""

    service: str
    subscriptions: Subscriptions
    by: str


@dataclass
class Replayed:
    """`refused` could not be applied and stay; `more`: there are letters that were not tried."""

    replayed: int = 0
    refused: int = 0
    more: bool = False


async def resume(tx: Transaction, service: str, *, from_beginning: bool) -> bool:
    """False if the consumer was not stopped."""
    stop = await tx.row_or_none(_REASON)
    if stop is None or not await resume_consumer(tx, from_beginning=from_beginning):
        return False
    await clear_if_standing(tx, service=service, alarm="consumer_stopped", subject=stop["reason"])
    return True


async def retry_outbox(tx: Transaction, service: str) -> int:
    """Lets what was set aside be tried again; returns how many."""
    topics = [row["topic"] for row in await tx.rows(_TOPICS)]
    count = await retry_set_aside(tx)
    for topic in topics:
        await clear_if_standing(tx, service=service, alarm="outbox_row_set_aside", subject=topic)
    return count


async def discard(tx: Transaction, letter: UUID, mender: Mender) -> None:
    topic = (await dead_letters.show_letter(tx, letter))["topic"]
    await dead_letters.discard_letter(tx, letter, by=mender.by)
    await _clear_if_last(tx, mender.service, topic)


async def replay(tx: Transaction, letter: UUID, mender: Mender) -> None:
    """Raises Refused, or whatever its use case raises: it then stays."""
    topic = (await dead_letters.show_letter(tx, letter))["topic"]
    await dead_letters.replay_letter(tx, letter, mender.subscriptions, by=mender.by)
    await _clear_if_last(tx, mender.service, topic)


async def replay_all(db: Database, mender: Mender, *, since: datetime | None, at_most: int = AT_MOST) -> Replayed:
    """Oldest first, each in its own transaction, so that one that cannot be applied holds up no other."""
    done = Replayed()
    async with db.transaction() as tx:
        letters = await tx.rows(_OPEN_SINCE, since=since or _EVER, id=_FIRST, limit=at_most + 1)
    done.more = len(letters) > at_most
    for letter in letters[:at_most]:
        if await _replayed(db, letter["id"], mender):
            done.replayed += 1
        else:
            done.refused += 1
    return done


async def _replayed(db: Database, letter: UUID, mender: Mender) -> bool:
    try:
        async with db.transaction() as tx:
            await replay(tx, letter, mender)
    except Refused as refusal:
        log.warning("dead_letter.not_replayed", letter=str(letter), reason=refusal.slug)
        return False
    except Exception as error:
        if is_transient(error):
            raise
        # A use case's own failure is a fact about this letter, as it is when a record is consumed.
        log.warning(
            "dead_letter.not_replayed", letter=str(letter), reason=type(error).__name__, sqlstate=sqlstate(error)
        )
        return False
    return True


async def _clear_if_last(tx: Transaction, service: str, topic: str) -> None:
    await hold_alarm(tx, service=service, alarm="dead_letter", subject=topic)
    if await tx.row_or_none(_OPEN_ON, topic=topic) is None:
        await clear_if_standing(tx, service=service, alarm="dead_letter", subject=topic)
