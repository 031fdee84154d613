"""What each KPI is made of: one SELECT over facts per KPI, and the measures taken of a group of its rows.

A source yields `at` (the instant that decides the day), its dimensions by name, and what its measures need. Exercises
end here: no source lets one through.
"""

from dataclasses import dataclass

from services.reporting.domain.milestones import MILESTONES

_COUNT = "count(*) AS count"
_TOOK = """
percentile_disc(0.5) WITHIN GROUP (ORDER BY took_s) AS p50_s,
percentile_disc(0.9) WITHIN GROUP (ORDER BY took_s) AS p90_s,
CAST(:target_s AS double precision) AS target_s,
count(*) FILTER (WHERE took_s <= CAST(:target_s AS double precision)) AS within_target
"""
# Counts stay whole, and nothing small leads to a restricted incident: of its areas the ward alone is told.
_PLACES = """
CASE WHEN NOT i.restricted THEN i.community END AS community, i.ward,
CASE WHEN NOT i.restricted THEN i.cluster END AS cluster
"""
_COMMUNITY = "CASE WHEN i.restricted IS NOT TRUE THEN x.community END AS community"
_OF_INCIDENT = "LEFT JOIN incident_facts i ON i.incident_id = x.incident_id"
_STANDING = "i.state NOT IN ('screened_out', 'merged')"


@dataclass(frozen=True)
class Source:
    rows: str
    measures: str


def _response_time(milestone: str) -> Source:
    """A left join: an activated incident without a dispatch is missing its moment, and must show as such."""
    return Source(
        f"""
SELECT i.activated_at AS at, {_PLACES}, i.kind,
       CAST(extract(epoch FROM d.{milestone}_at - i.activated_at) AS double precision) AS took_s
FROM incident_facts i LEFT JOIN dispatch_facts d USING (incident_id)
WHERE NOT i.exercise AND i.activated_at IS NOT NULL AND i.state <> 'merged'
""",  # noqa: S608 - one of our own four column names
        f"count(took_s) AS n, count(*) - count(took_s) AS missing, {_TOOK}",
    )


SOURCES: dict[str, Source] = {
    "triage_held": Source(
        f"""
SELECT i.activated_at AS at, {_PLACES}, i.kind,
       CAST(extract(epoch FROM d.triage_held_at - i.activated_at) AS double precision) AS took_s,
       d.triage_state = 'due' AND d.triage_due_at > app_now() AS is_pending
FROM incident_facts i JOIN dispatch_facts d USING (incident_id)
WHERE NOT i.exercise AND i.activated_at IS NOT NULL AND i.state <> 'merged' AND d.triage_state IN ('due', 'held')
""",  # noqa: S608 - a constant
        f"""
count(took_s) AS n, count(*) FILTER (WHERE is_pending) AS pending,
count(*) FILTER (WHERE took_s IS NULL AND NOT is_pending) AS missing, {_TOOK}
""",
    ),
    "incidents": Source(
        f"""
SELECT i.occurred_at AS at, {_PLACES}, i.kind, i.state, i.screened_out_reason, i.route
FROM incident_facts i WHERE NOT i.exercise AND i.state <> 'merged'
""",  # noqa: S608 - a constant
        _COUNT,
    ),
    "victims": Source(
        f"""
SELECT i.occurred_at AS at, {_PLACES}, i.kind, i.state, i.injured, i.killed
FROM incident_facts i WHERE NOT i.exercise AND {_STANDING}
""",  # noqa: S608 - a constant
        """
coalesce(sum(injured), 0) AS injured, coalesce(sum(killed), 0) AS killed,
count(*) - count(injured) AS injured_unknown, count(*) - count(killed) AS killed_unknown
""",
    ),
    "offers": Source(
        f"""
SELECT x.made_at AS at, {_COMMUNITY}, x.state AS outcome, x.role, x.tier, x.decline_reason,
       CAST(w.organization_id AS text) AS organization
FROM offer_facts x LEFT JOIN worker_dimension w ON w.worker_id = x.interrupter_id {_OF_INCIDENT}
WHERE NOT x.exercise
""",  # noqa: S608 - constants
        _COUNT,
    ),
    "assignments": Source(
        f"""
SELECT x.accepted_at AS at, {_COMMUNITY}, x.state, x.role, CAST(w.organization_id AS text) AS organization
FROM assignment_facts x LEFT JOIN worker_dimension w ON w.worker_id = x.interrupter_id {_OF_INCIDENT}
WHERE NOT x.exercise
""",  # noqa: S608 - constants
        _COUNT,
    ),
    "dispatches": Source(
        f"""
SELECT x.opened_at AS at, {_COMMUNITY}, x.state, x.exhausted_count FROM dispatch_facts x {_OF_INCIDENT}
WHERE NOT x.exercise
""",  # noqa: S608 - constants
        """
count(*) AS count, count(*) FILTER (WHERE exhausted_count > 0) AS exhausted,
coalesce(sum(exhausted_count), 0) AS times_exhausted
""",
    ),
    "handoffs": Source(
        """
SELECT requested_at AS at, community, state AS outcome, reason, CAST(to_organization AS text) AS organization
FROM handoff_facts
""",
        _COUNT,
    ),
    "alarms": Source(
        """
SELECT at, service, alarm, subject FROM alarm_facts WHERE state = 'raised'
""",
        _COUNT,
    ),
    "dead_letters": Source(
        """
SELECT at, service, subject AS topic FROM alarm_facts WHERE state = 'raised' AND alarm = 'dead_letter'
""",
        _COUNT,
    ),
    "events": Source(
        """
SELECT quarter_hour AS at, topic, type, count FROM event_counts WHERE NOT exercise
""",
        "coalesce(sum(count), 0) AS count",
    ),
} | {f"response_time_{milestone}": _response_time(milestone) for milestone in MILESTONES}
