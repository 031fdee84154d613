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
_STANDING = "state NOT IN ('screened_out', 'merged')"


@dataclass(frozen=True)
class Source:
    rows: str
    measures: str


def _response_time(milestone: str) -> Source:
    """A left join: an activated incident without a dispatch is missing its moment, and must show as such."""
    return Source(
        f"""
SELECT i.activated_at AS at, i.community, i.ward, i.cluster, i.kind,
       CAST(extract(epoch FROM d.{milestone}_at - i.activated_at) AS double precision) AS took_s
FROM incident_facts i LEFT JOIN dispatch_facts d USING (incident_id)
WHERE NOT i.exercise AND i.activated_at IS NOT NULL
""",  # noqa: S608 - one of our own four column names
        f"count(took_s) AS n, count(*) - count(took_s) AS missing, {_TOOK}",
    )


SOURCES: dict[str, Source] = {
    "triage_held": Source(
        """
SELECT i.activated_at AS at, i.community, i.ward, i.cluster, i.kind,
       CAST(extract(epoch FROM d.triage_held_at - i.activated_at) AS double precision) AS took_s,
       d.triage_state = 'due' AND d.triage_due_at > app_now() AS is_pending
FROM incident_facts i JOIN dispatch_facts d USING (incident_id)
WHERE NOT i.exercise AND i.activated_at IS NOT NULL AND d.triage_state IN ('due', 'held')
""",
        f"""
count(took_s) AS n, count(*) FILTER (WHERE is_pending) AS pending,
count(*) FILTER (WHERE took_s IS NULL AND NOT is_pending) AS missing, {_TOOK}
""",
    ),
    "incidents": Source(
        """
SELECT occurred_at AS at, community, ward, cluster, kind, state FROM incident_facts WHERE NOT exercise
""",
        _COUNT,
    ),
    "victims": Source(
        f"""
SELECT occurred_at AS at, community, ward, cluster, kind, state, injured, killed
FROM incident_facts WHERE NOT exercise AND {_STANDING}
""",  # noqa: S608 - a constant
        """
coalesce(sum(injured), 0) AS injured, coalesce(sum(killed), 0) AS killed,
count(*) - count(injured) AS injured_unknown, count(*) - count(killed) AS killed_unknown
""",
    ),
    "offers": Source(
        """
SELECT o.made_at AS at, o.community, o.state AS outcome, o.role, o.tier, o.decline_reason,
       CAST(w.organization_id AS text) AS organization
FROM offer_facts o LEFT JOIN worker_dimension w ON w.worker_id = o.interrupter_id
WHERE NOT o.exercise
""",
        _COUNT,
    ),
    "assignments": Source(
        """
SELECT a.accepted_at AS at, a.community, a.state, a.role, CAST(w.organization_id AS text) AS organization
FROM assignment_facts a LEFT JOIN worker_dimension w ON w.worker_id = a.interrupter_id
WHERE NOT a.exercise
""",
        _COUNT,
    ),
    "dispatches": Source(
        """
SELECT opened_at AS at, community, state, exhausted_count FROM dispatch_facts WHERE NOT exercise
""",
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
