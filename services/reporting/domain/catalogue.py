"""The catalogue: every number the programme shows, with its stated definition. A number that is not here is not shown.

Whoever changes what a definition says raises its version, so that two numbers are only compared when they mean the
same.
"""

from dataclasses import dataclass

from services.reporting.domain.milestones import MILESTONES, TRIAGE
from shared.kernel.vocabulary import AreaKind

ANYWHERE = (AreaKind.COMMUNITY, AreaKind.WARD, AreaKind.CLUSTER)
IN_COMMUNITIES = (AreaKind.COMMUNITY,)


@dataclass(frozen=True)
class Kpi:
    """`dimensions`: what it can be broken down `by`. `area_kinds`: what it can be limited to; empty = no areas.

    `milestone` is the moment a response time measures up to, for those that are response times.
    """

    id: str
    title: str
    unit: str
    definition: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    area_kinds: tuple[AreaKind, ...] = ()
    milestone: str | None = None
    version: int = 1


_DAYS = "Days are local days of the programme's time zone."
_NO_DRILLS = "Exercises are not counted."
_NEAR = "What is restricted is counted without its community and cluster: a ward alone is told of it."
_PLACES = ("community", "ward", "cluster")

_INCIDENTS = Kpi(
    "incidents",
    "Incidents",
    "incidents",
    "Every incident once, by its present kind and state, whatever it was before; screened-out ones are among them and "
    "told apart by state; screened_out_reason says why, route to whom it went instead. An incident that was brought "
    "back has neither. One that was merged into another is counted there and not for itself. "
    f"The day is that of occurrence. {_DAYS} {_NO_DRILLS} {_NEAR}",
    ("day", *_PLACES, "kind", "state", "screened_out_reason", "route"),
    ("count",),
    ANYWHERE,
    version=3,
)
_VICTIMS = Kpi(
    "victims",
    "Victims",
    "persons",
    "Sum of injured and of killed over incidents that are neither screened out nor merged into another. An incident "
    "whose number is not known adds nothing to the sum and is counted in injured_unknown or killed_unknown. "
    f"The day is that of occurrence. {_DAYS} {_NO_DRILLS} {_NEAR}",
    ("day", *_PLACES, "kind", "state"),
    ("injured", "killed", "injured_unknown", "killed_unknown"),
    ANYWHERE,
    version=2,
)
_OFFERS = Kpi(
    "offers",
    "Offers",
    "offers",
    "Every offer made to an interrupter once, by its present outcome; open and acknowledged ones are still waiting. "
    f"The organization is the interrupter's present one. The day is that of the offer. {_DAYS} {_NO_DRILLS} {_NEAR}",
    ("day", "community", "outcome", "role", "tier", "decline_reason", "organization"),
    ("count",),
    IN_COMMUNITIES,
    version=2,
)
_ASSIGNMENTS = Kpi(
    "assignments",
    "Assignments",
    "assignments",
    "Every accepted offer once, by the present state of the assignment. The organization is the interrupter's present "
    f"one. The day is that of the acceptance. {_DAYS} {_NO_DRILLS} {_NEAR}",
    ("day", "community", "state", "role", "organization"),
    ("count",),
    IN_COMMUNITIES,
    version=2,
)
_DISPATCHES = Kpi(
    "dispatches",
    "Dispatches",
    "dispatches",
    "Every response once, by its present state. exhausted: how many ever ran out of people to ask, whatever became "
    "of them; times_exhausted: how often that happened in all. The day is that on which the dispatch opened. "
    f"{_DAYS} {_NO_DRILLS} {_NEAR}",
    ("day", "community", "state"),
    ("count", "exhausted", "times_exhausted"),
    IN_COMMUNITIES,
    version=2,
)
_HANDOFFS = Kpi(
    "handoffs",
    "Handoffs",
    "handoffs",
    "Every request to hand a case over once, by its present outcome; requested ones are still waiting. The "
    f"organization is the receiver's. The day is that of the request. {_DAYS}",
    ("day", "community", "outcome", "reason", "organization"),
    ("count",),
    IN_COMMUNITIES,
)
_ALARMS = Kpi(
    "alarms",
    "Alarms raised",
    "raisings",
    "How often an alarm called a person. A fault that goes on while its alarm stands is not raised again. "
    f"The day is that of the raising. {_DAYS}",
    ("day", "service", "alarm", "subject"),
    ("count",),
)
_DEAD_LETTERS = Kpi(
    "dead_letters",
    "Dead-letter alarms",
    "raisings",
    "How often a record that was set aside raised an alarm; the topic is the record's. Further records of the topic "
    "while the alarm stands are not raisings, so this is the least number of records, and zero means none. "
    f"The day is that of the raising. {_DAYS}",
    ("day", "service", "topic"),
    ("count",),
)
_EVENTS = Kpi(
    "events",
    "Events",
    "events",
    "Events applied here, each version of a root once. An event that arrives after a later one of the same root is "
    "superseded and not counted; types that this version does not know are not counted. The day is that of the "
    f"event. {_DAYS} {_NO_DRILLS}",
    ("day", "topic", "type"),
    ("count",),
)
_TRIAGE_HELD = Kpi(
    "triage_held",
    "Triage held in time",
    "seconds",
    "From an incident's activation to its triage meeting, over all triages that are owed; those of incidents that were "
    "screened out or merged before it was held are not. n: held; missing: not held, and its time by the dispatch's own "
    "policy is over; pending: not held, and still in time. p50_s and p90_s are nearest-rank percentiles of the n. "
    "within_target counts times of at most target_s; share_within_target divides it by n + missing, so that what was "
    "never held is not a success, and is null if there is nothing to divide or no target. "
    f"The day is that of the activation. {_DAYS} {_NO_DRILLS} {_NEAR}",
    ("day", *_PLACES, "kind"),
    ("n", "missing", "pending", "p50_s", "p90_s", "target_s", "within_target", "share_within_target"),
    ANYWHERE,
    TRIAGE,
    version=2,
)
_UNTIL = {
    "first_attempt": "the first attempt to reach a phone",
    "acknowledged": "the first acknowledgement by a person",
    "accepted": "the first acceptance",
    "on_scene": "the first arrival on the scene",
}


def _response_time(milestone: str) -> Kpi:
    return Kpi(
        f"response_time_{milestone}",
        f"Response time: activation to {milestone.replace('_', ' ')}",
        "seconds",
        f"From an incident's activation to {_UNTIL[milestone]}, over all activated incidents but those merged "
        "into another. n: those with that moment; missing: those without it so far. p50_s and p90_s are nearest-rank "
        "percentiles of the n: times that did occur. within_target counts times of at most target_s; "
        "share_within_target divides it by n + missing, so that nobody reached is not a success, and is null if there "
        "is nothing to divide or no target. "
        f"The day is that of the activation. {_DAYS} {_NO_DRILLS} {_NEAR}",
        ("day", *_PLACES, "kind"),
        ("n", "missing", "p50_s", "p90_s", "target_s", "within_target", "share_within_target"),
        ANYWHERE,
        milestone,
        version=3,
    )


KPIS: dict[str, Kpi] = {
    kpi.id: kpi
    for kpi in (
        _INCIDENTS,
        _VICTIMS,
        *map(_response_time, MILESTONES),
        _TRIAGE_HELD,
        _OFFERS,
        _ASSIGNMENTS,
        _DISPATCHES,
        _HANDOFFS,
        _ALARMS,
        _DEAD_LETTERS,
        _EVENTS,
    )
}
