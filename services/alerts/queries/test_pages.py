"""Tests of who is reached: whom one goes to, and what came of it for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.visibility import Viewer
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

_WHO = """
SELECT i.id AS interrupter_id, i.organization_id,
       EXISTS (SELECT FROM test_page_deliveries t JOIN deliveries d ON d.id = t.delivery_id
               WHERE t.interrupter_id = i.id AND d.state IN ('pending', 'attempting', 'retry_scheduled'))
           AS is_under_test
FROM interrupters i WHERE i.active AND {which} ORDER BY i.id
"""
_ONE = _WHO.format(which="i.id = :interrupter_id")
_EVERYBODY = _WHO.format(which="i.on_duty")
_IN_COMMUNITY = _WHO.format(
    which="""i.on_duty AND EXISTS (
    SELECT FROM licences l, (SELECT (app_now() AT TIME ZONE coalesce(
        (SELECT body ->> 'time_zone' FROM policies ORDER BY loaded_at DESC, version DESC LIMIT 1), 'UTC'))::date AS day
    ) t
    WHERE l.interrupter_id = i.id AND l.community = :community AND l.from_day <= t.day
      AND (l.until_day IS NULL OR l.until_day > t.day))"""
)
_HEADS = "SELECT id AS test_page_id, sent_by, sent_at, answer_by FROM test_pages"
_HEAD = f"{_HEADS} WHERE id = :id"
_LISTED = f"""
{_HEADS} t
WHERE (CAST(:before AS uuid) IS NULL OR (sent_at, id) < (SELECT sent_at, id FROM test_pages WHERE id = :before))
  AND (:everything OR EXISTS (
      SELECT FROM test_page_people p JOIN interrupters i ON i.id = p.interrupter_id
      WHERE p.test_page_id = t.id AND i.organization_id = CAST(:supervised AS uuid)))
ORDER BY sent_at DESC, id DESC LIMIT :limit
"""  # noqa: S608 - constant columns
_RESULTS = """
SELECT p.test_page_id, p.interrupter_id, i.call_sign, p.acknowledged_at, p.messages, count(d.id) AS known,
       count(d.id) FILTER (WHERE d.state IN ('pending', 'attempting', 'retry_scheduled')) AS under_way,
       min(d.settled_at) FILTER (WHERE d.state = 'delivered') AS delivered_at,
       coalesce(array_agg(d.last_outcome ORDER BY d.id) FILTER (WHERE d.state = 'dead'), '{}') AS failures
FROM test_page_people p JOIN interrupters i ON i.id = p.interrupter_id
    LEFT JOIN test_page_deliveries t ON t.test_page_id = p.test_page_id AND t.interrupter_id = p.interrupter_id
    LEFT JOIN deliveries d ON d.id = t.delivery_id
WHERE p.test_page_id = ANY(CAST(:ids AS uuid[])) AND (:everything OR i.organization_id = CAST(:supervised AS uuid))
GROUP BY p.test_page_id, p.interrupter_id, i.call_sign, p.acknowledged_at, p.messages ORDER BY i.call_sign
"""


@dataclass(frozen=True, slots=True)
class Paged:
    interrupter_id: UUID
    organization_id: UUID
    is_under_test: bool


async def who_is_paged(tx: Transaction, *, interrupter_id: UUID | None, community: str | None) -> list[Paged]:
    if interrupter_id is not None:
        rows = await tx.rows(_ONE, interrupter_id=interrupter_id)
    elif community is not None:
        rows = await tx.rows(_IN_COMMUNITY, community=community)
    else:
        rows = await tx.rows(_EVERYBODY)
    return [Paged(**row) for row in rows]


async def results(tx: Transaction, viewer: Viewer, test_page_id: UUID) -> tuple[Row, Sequence[Row]]:
    """The test, and everybody in it whom the viewer may see. Raises NotFound if that is nobody."""
    head = await tx.row_or_none(_HEAD, id=test_page_id)
    rows = await tx.rows(_RESULTS, ids=[test_page_id], **_scope(viewer))
    if head is None or not rows:
        raise NotFound("no such test page")
    return head, rows


async def list_results(
    tx: Transaction, viewer: Viewer, *, before: UUID | None, limit: int
) -> list[tuple[Row, Sequence[Row]]]:
    """The newest first. `before`: the last one of the page before."""
    heads = await tx.rows(_LISTED, before=before, limit=limit, **_scope(viewer))
    found: dict[UUID, list[Row]] = {head["test_page_id"]: [] for head in heads}
    for row in await tx.rows(_RESULTS, ids=list(found), **_scope(viewer)):
        found[row["test_page_id"]].append(row)
    return [(head, found[head["test_page_id"]]) for head in heads]


def _scope(viewer: Viewer) -> dict[str, object]:
    return {"everything": viewer.sees_everything, "supervised": viewer.supervises}
