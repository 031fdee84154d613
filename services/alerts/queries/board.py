"""The board: dispatches as lines that a dispatcher takes in at a glance. A page costs four statements,
however long it is.

A supervisor's own lines are those whose pages would come to that supervisor: the community is covered by the own
organization, or by nobody, or one of the own people is or was asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.alerts.queries.board_lines import DispatchLine, Facts, line
from services.alerts.queries.restricted import IS_RESTRICTED
from shared.kernel.vocabulary import DispatchState
from shared.persistence.transaction import Row, Transaction

_COLUMNS = f"""
SELECT d.incident_id, d.state, d.community, c.name AS community_name, d.incident ->> 'kind' AS kind,
       d.activated_at, d.opened_at, d.closed_at, d.reconsider_at, d.exhausted_count, d.escalate_at, d.taken_over_at,
       d.policy_name, d.policy_version, d.policy, d.incident, d.incident_version,
       CAST(d.incident ->> 'exercise' AS boolean) AS exercise,
       CAST(d.incident ->> 'active_threat' AS boolean) AS stage_only, {IS_RESTRICTED} AS restricted,
       t.state AS triage_state, t.due_at AS triage_due_at, t.next_action_at AS triage_next_at,
       t.reminded_at AS triage_reminded_at, t.held_at AS triage_held_at
FROM dispatches d LEFT JOIN communities c ON c.area_id = d.community LEFT JOIN triages t USING (incident_id)
"""  # noqa: S608 - a constant
_IS_EXERCISE = "CAST(d.incident ->> 'exercise' AS boolean)"
# `own`: an organization. Coverage counts on the programme's local day.
_CONCERNS = """
(EXISTS (SELECT FROM coverage v WHERE v.community = d.community AND v.organization_id = {own} AND {today})
 OR NOT EXISTS (SELECT FROM coverage v WHERE v.community = d.community AND {today})
 OR EXISTS (SELECT FROM offers o JOIN interrupters i ON i.id = o.interrupter_id
            WHERE o.incident_id = d.incident_id AND i.organization_id = {own}))
"""
_TODAY = """
v.from_day <= (app_now() AT TIME ZONE (d.policy ->> 'time_zone'))::date
AND (v.until_day IS NULL OR v.until_day > (app_now() AT TIME ZONE (d.policy ->> 'time_zone'))::date)
"""
_ORDER = "ORDER BY d.opened_at DESC, d.incident_id DESC LIMIT :limit"
_BY_ID = f"{_COLUMNS} WHERE d.incident_id = ANY(:ids)"
_CONCERNED = f"""
SELECT d.incident_id, g.id AS organization_id FROM dispatches d CROSS JOIN organizations g
WHERE d.incident_id = ANY(:ids) AND {_CONCERNS.format(own="g.id", today=_TODAY)}
"""  # noqa: S608 - constants
_OFFERS = """
SELECT o.incident_id, o.id AS offer_id, o.interrupter_id, i.call_sign, o.role, o.state, o.undelivered_by,
       o.acknowledge_by, o.accept_by, o.first_attempt_at, o.delivered_at, o.acknowledged_at, o.bypassed_at,
       o.accept_by > o.made_at AS was_asked
FROM offers o JOIN interrupters i ON i.id = o.interrupter_id
WHERE o.incident_id = ANY(:ids) ORDER BY o.made_at, o.id
"""
_ASSIGNMENTS = """
SELECT a.incident_id, a.id AS assignment_id, a.interrupter_id, i.call_sign, a.role, a.state, a.accepted_at,
       a.en_route_at, a.on_scene_at, a.ended_at, a.given_back, a.check_in_state,
       coalesce(a.check_in_next_at, (SELECT max(missed_at) FROM missed_check_ins WHERE assignment_id = a.id))
           AS check_in_at
FROM assignments a JOIN interrupters i ON i.id = a.interrupter_id
WHERE a.incident_id = ANY(:ids) ORDER BY a.accepted_at, a.id
"""
_PAGES = """
SELECT incident_id, next_action_at AS at FROM pages WHERE state = 'open' AND incident_id = ANY(:ids)
"""


@dataclass(frozen=True)
class Wanted:
    """Which dispatches. `restricted`: also those of restricted incidents. `concerning`: those of one organization;
    None: whatever it is.
    """

    restricted: bool = False
    states: tuple[DispatchState, ...] = ()
    community: str | None = None
    exercise: bool | None = None
    concerning: UUID | None = None

    def conditions(self) -> dict[str, dict[str, Any]]:
        """SQL with its parameters. What is not asked for is not in the statement, so that the others' index is used."""
        found: dict[str, dict[str, Any]] = {}
        if not self.restricted:
            found[f"NOT {IS_RESTRICTED}"] = {}
        if self.states:
            found["d.state = ANY(CAST(:states AS text[]))"] = {"states": [state.value for state in self.states]}
        if self.community is not None:
            found["d.community = :community"] = {"community": self.community}
        if self.exercise is not None:
            found[_IS_EXERCISE if self.exercise else f"NOT {_IS_EXERCISE}"] = {}
        if self.concerning is not None:
            found[_CONCERNS.format(own="CAST(:own AS uuid)", today=_TODAY)] = {"own": self.concerning}
        return found


def page_statement(wanted: Wanted, behind: tuple[datetime, UUID] | None, limit: int) -> tuple[str, dict[str, Any]]:
    conditions = wanted.conditions()
    if behind is not None:
        conditions["(d.opened_at, d.incident_id) < (:opened_at, :incident_id)"] = dict(
            zip(("opened_at", "incident_id"), behind, strict=True)
        )
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    parameters = {name: value for given in conditions.values() for name, value in given.items()}
    return f"{_COLUMNS} {where} {_ORDER}", parameters | {"limit": limit}


async def dispatch_page(
    tx: Transaction, wanted: Wanted, *, behind: tuple[datetime, UUID] | None, limit: int
) -> list[DispatchLine]:
    """Newest first."""
    statement, parameters = page_statement(wanted, behind, limit)
    return await _lines(tx, await tx.rows(statement, **parameters))


async def lines_of(tx: Transaction, incident_ids: Iterable[UUID]) -> Mapping[UUID, DispatchLine]:
    found = await _lines(tx, await tx.rows(_BY_ID, ids=list(incident_ids)))
    return {one.incident_id: one for one in found}


async def concerned(tx: Transaction, incident_ids: Iterable[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """By dispatch, the organizations whose own line it is."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await tx.rows(_CONCERNED, ids=list(incident_ids)):
        found[row["incident_id"]].add(row["organization_id"])
    return {incident: frozenset(organizations) for incident, organizations in found.items()}


async def facts_of(tx: Transaction, incident_id: UUID) -> Facts | None:
    """Of one dispatch; None if there is none."""
    found = await _facts(tx, await tx.rows(_BY_ID, ids=[incident_id]))
    return found[0] if found else None


async def _lines(tx: Transaction, rows: Sequence[Row]) -> list[DispatchLine]:
    now = await tx.now()
    return [line(facts, now) for facts in await _facts(tx, rows)]


async def _facts(tx: Transaction, rows: Sequence[Row]) -> list[Facts]:
    if not rows:
        return []
    ids = [row["incident_id"] for row in rows]
    offers = _by_incident(await tx.rows(_OFFERS, ids=ids))
    assignments = _by_incident(await tx.rows(_ASSIGNMENTS, ids=ids))
    pages = _by_incident(await tx.rows(_PAGES, ids=ids))
    return [
        Facts(row, offers[row["incident_id"]], assignments[row["incident_id"]], pages[row["incident_id"]])
        for row in rows
    ]


def _by_incident(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["incident_id"]].append(row)
    return found
