"""Open an incident for a report of something not known yet: locate, screen, activate by policy.

The first event is always `opened`; what policy then decided is a second event with a version of its own. What may be a
known event is opened and judged like any other, and linked: a page too many is better than none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.current_programme import InForce
from services.intake.domain.activation import activatable_until
from services.intake.domain.facts import settled
from services.intake.domain.recognition import Lookalike
from services.intake.domain.report import Report
from services.intake.queries.incidents import put_incident
from services.intake.queries.possible_duplicates import link
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow, unstored_incident
from services.intake.usecases.apply_policy import judge
from services.intake.usecases.located import located
from services.intake.usecases.policy_steps import take_step
from services.intake.usecases.taken import Disposition, Taken, put_report
from services.intake.usecases.weigh_sources import weigh_first
from shared.contracts.events.incidents import IncidentActivated, IncidentOpened, IncidentScreenedOut
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import IncidentState, SceneStatus
from shared.messaging.outbox import publish
from shared.observability.tracing import current_traceparent, traced
from shared.persistence.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Opening:
    """`possible`: what it may be the same as. `traceparent`: of whoever asked."""

    report: Report
    possible: tuple[Lookalike, ...]
    traceparent: str | None


async def open_incident(
    tx: Transaction, report: Report, in_force: InForce, possible: tuple[Lookalike, ...] = ()
) -> Taken:
    """`possible`: what it may be the same as."""
    (taken,) = await open_incidents(tx, [Opening(report, possible, current_traceparent())], in_force)
    return taken


async def open_incidents(tx: Transaction, openings: Sequence[Opening], in_force: InForce) -> list[Taken]:
    """Of reports that tell of different events."""
    now = await tx.now()
    rows = [reported(opening.report, in_force, now) for opening in openings]
    opened = [snapshot(row) for row in rows]
    decided = [_judged(opening.report, row, in_force, now) for opening, row in zip(openings, rows, strict=True)]
    taken = []
    for opening, row, first, step in zip(openings, rows, opened, decided, strict=True):
        put_incident(tx, row)
        report_id = put_report(tx, opening.report, row.id)
        with traced(opening.traceparent):
            source = opening.report.source_kind
            await publish(tx, IncidentOpened(at=now, incident=first, report_id=report_id, source=source))
            if step is not None:
                await take_step(tx, step)
        link(tx, row.id, opening.possible)
        disposition = Disposition.SCREENED_OUT if isinstance(step, IncidentScreenedOut) else Disposition.OPENED
        after = first if step is None else step.incident
        taken.append(Taken(report_id, disposition, after, possible_duplicates=opening.possible))
    return taken


def _judged(
    report: Report, row: IncidentRow, in_force: InForce, now: datetime
) -> IncidentScreenedOut | IncidentActivated | None:
    trusted = in_force.trusts(report.source_kind, report.trust)
    return judge(row, trusted, in_force, now)


def reported(report: Report, in_force: InForce, now: datetime) -> IncidentRow:
    """What it says, as the first version of an incident."""
    facts, timing = settled(report.facts), report.timing
    return unstored_incident(
        id=new_id(),
        version=1,
        state=IncidentState.REPORTED,
        kind=facts.kind,
        source=report.source,
        source_ref=report.source_ref,
        programme_version=in_force.version,
        occurred_at=timing.occurred_at,
        occurred_precision=timing.precision,
        reported_at=timing.reported_at or now,
        opened_at=now,
        activatable_until=activatable_until(timing, in_force.programme.activation),
        obstacles=[],
        accuracy_m=report.accuracy_m,
        **located(report.point, timing.occurred_at, in_force),
        injured=facts.injured,
        killed=facts.killed,
        weapon=facts.weapon,
        relationship=facts.relationship,
        juvenile_involved=facts.juvenile_involved,
        believed_group_related=facts.believed_group_related,
        active_threat=facts.active_threat,
        exercise=report.exercise,
        report_count=1,
        sources=[report.source_kind],
        verification=weigh_first(report, in_force),
        verify_by=now + in_force.programme.unverified_after,
        rumour=False,
        scene_status=SceneStatus.ACTIVE_THREAT if facts.active_threat else SceneStatus.UNKNOWN,
        restricted=report.restricted,
    )
