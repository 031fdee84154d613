"""Call people for practice: an urgent message that says it is a test, by the way that a question would take.

Nothing is asked of anybody and nothing is counted. Whoever has a test under way already is left out, so that tests
never take the places on a phone that a question needs.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.alerts.domain.visibility import Viewer, Whose, may_change_duty
from services.alerts.messages import practice_message
from services.alerts.queries.test_pages import Paged, who_is_paged
from services.alerts.usecases.messages.queue_delivery import Message, queue_for_interrupter
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

KIND = "test_page"
_OPEN = """
INSERT INTO test_pages (id, sent_by, sent_at, answer_by)
VALUES (:id, :by, app_now(), app_now() + :answer_within) RETURNING answer_by
"""
_PERSON = """
INSERT INTO test_page_people (test_page_id, interrupter_id, messages) VALUES (:id, :interrupter_id, :messages)
"""
# One after the other, so that two at the same moment do not both find somebody free.
_IN_TURN = "LOCK TABLE test_pages IN SHARE ROW EXCLUSIVE MODE"
# Those just queued: whoever has another under way was left out.
_MESSAGES = """
INSERT INTO test_page_deliveries (delivery_id, test_page_id, interrupter_id)
SELECT d.id, :id, :interrupter_id FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
WHERE e.owner_kind = 'interrupter' AND e.owner_id = :interrupter_id AND d.kind = :kind AND d.state = 'pending'
"""


@dataclass(frozen=True, slots=True)
class Practice:
    """To one person, on duty or not; to those on duty in a community; with neither, to everybody on duty."""

    interrupter_id: UUID | None
    community: str | None
    answer_within: timedelta


async def send_test_page(tx: Transaction, viewer: Viewer, practice: Practice, *, by: str) -> UUID:
    """To those whom the viewer has to do with. Raises Invalid if there is nobody without a test under way."""
    await tx.run(_IN_TURN)
    people = await who_is_paged(tx, interrupter_id=practice.interrupter_id, community=practice.community)
    people = [one for one in people if may_change_duty(viewer, Whose(one.interrupter_id, one.organization_id))]
    free = [one for one in people if not one.is_under_test]
    if not free:
        raise Invalid(FieldError("", "nobody is to be reached: unknown, off duty, or with a test under way"))
    test_page_id = new_id()
    opened = await tx.row(_OPEN, id=test_page_id, by=by, answer_within=practice.answer_within)
    content = practice_message(test_page_id, opened["answer_by"])
    for person in free:
        await _page(tx, test_page_id, person, Message(KIND, urgent=True, content=content))
    return test_page_id


async def _page(tx: Transaction, test_page_id: UUID, person: Paged, message: Message) -> None:
    """Somebody without an endpoint is among the results too: that is what a test is for."""
    queued = await queue_for_interrupter(tx, person.interrupter_id, message)
    await tx.run(_PERSON, id=test_page_id, interrupter_id=person.interrupter_id, messages=queued.endpoints)
    await tx.run(_MESSAGES, id=test_page_id, interrupter_id=person.interrupter_id, kind=KIND)
