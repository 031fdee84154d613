"""Pages as a desk may see them: a dispatcher all of them, a supervisor those that are sent to that supervisor's phones.

About a restricted incident whoever may not see it is told that somebody must act, and not about what: whether the page
names it as its incident or only in its subject.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.alerts.queries.restricted import IS_RESTRICTED
from shared.persistence.transaction import Row, Transaction

# The same as `send_page` has of whom a page goes to. Alarms are about Truce itself, and for whoever is at the desk.
_TODAY = """v.from_day <= (app_now() AT TIME ZONE (d.policy ->> 'time_zone'))::date
            AND (v.until_day IS NULL OR v.until_day > (app_now() AT TIME ZONE (d.policy ->> 'time_zone'))::date)"""
_CONCERNS = f"""
(coalesce(p.audience, 'supervisor') = 'supervisor' AND p.kind <> 'alarm' AND (
    (p.incident_id IS NOT NULL AND (
        EXISTS (SELECT FROM coverage v WHERE v.community = d.community AND {_TODAY}
                AND v.organization_id = CAST(:supervises AS uuid))
        OR NOT EXISTS (SELECT FROM coverage v WHERE v.community = d.community AND {_TODAY})))
    OR EXISTS (SELECT FROM interrupters i WHERE i.id = p.about AND i.organization_id = CAST(:supervises AS uuid))))
"""  # noqa: S608 - constants
_FIRST_ID = "CAST(substring(p.subject FROM '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}') AS uuid)"
_SEEN = f"""
SELECT p.id AS page_id, p.kind, p.state, p.round, p.raised_at, p.next_action_at, p.settled_at, p.settled_by,
       CASE WHEN k.is_kept THEN 'restricted' ELSE p.subject END AS subject,
       CASE WHEN NOT k.is_kept THEN p.roles END AS roles,
       CASE WHEN NOT k.is_kept THEN p.incident_id END AS incident_id
FROM pages p LEFT JOIN dispatches d ON d.incident_id = coalesce(p.incident_id, {_FIRST_ID})
CROSS JOIN LATERAL (SELECT NOT :restricted AND d.incident_id IS NOT NULL AND {IS_RESTRICTED} AS is_kept) k
WHERE (:dispatches OR {_CONCERNS})
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class PageReader:
    """`restricted`: may see what is. `supervises`: the own organization; None: sees what goes to every supervisor."""

    dispatches: bool
    restricted: bool
    supervises: UUID | None

    def parameters(self) -> dict[str, object]:
        return {"dispatches": self.dispatches, "restricted": self.restricted, "supervises": self.supervises}


async def pages_in(tx: Transaction, reader: PageReader, state: str) -> Sequence[Row]:
    """The newest 200."""
    statement = f"{_SEEN} AND p.state = :state ORDER BY p.raised_at DESC LIMIT 200"
    return await tx.rows(statement, state=state, **reader.parameters())


async def sees_page(tx: Transaction, reader: PageReader, page_id: UUID) -> bool:
    """False also if there is none."""
    return await tx.row_or_none(f"{_SEEN} AND p.id = :id", id=page_id, **reader.parameters()) is not None
