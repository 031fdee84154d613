"""I have had the test. The first time counts, also after the time for answers, which the result then shows."""

from uuid import UUID

from shared.kernel.errors import NotFound
from shared.persistence.transaction import Transaction

_ACKNOWLEDGE = """
UPDATE test_page_people SET acknowledged_at = coalesce(acknowledged_at, app_now())
WHERE test_page_id = :id AND interrupter_id = :interrupter_id
"""


async def acknowledge_test_page(tx: Transaction, test_page_id: UUID, interrupter_id: UUID) -> None:
    """Raises NotFound, for an unknown test and for one that somebody else had alike."""
    if not await tx.run(_ACKNOWLEDGE, id=test_page_id, interrupter_id=interrupter_id):
        raise NotFound("no such test page of yours")
