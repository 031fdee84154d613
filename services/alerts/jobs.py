"""What runs on a clock in the engine. Each job does one unit per transaction until none is due.

Most jobs have seldom anything to do: one statement, four times a second, asks which of them have. By looking alone: a
hint per commit would wake them a hundred times a second for deadlines that are seconds away.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.alerts.queries.deliveries import forget_old_deliveries
from services.alerts.queries.unfit import UNFIT
from services.alerts.usecases.dispatching.escalate_dispatch import escalate_dispatch
from services.alerts.usecases.dispatching.escalate_unanswered_offers import escalate_unanswered_offers
from services.alerts.usecases.dispatching.part_from_unfit import clear_settled_doubt, tell_of_unfit, withdraw_from_unfit
from services.alerts.usecases.dispatching.reconsider_exhausted import hear_requests, reconsider_exhausted_dispatch
from services.alerts.usecases.duty.follow_shifts import follow_shifts
from services.alerts.usecases.duty.lapse_trades import lapse_trades
from services.alerts.usecases.duty.watch_rosters import watch_rosters
from services.alerts.usecases.endpoints.watch_phones import watch_phones
from services.alerts.usecases.paging.repeat_unacknowledged_page import repeat_unacknowledged_page
from services.alerts.usecases.responding.end_practice import AT_BOTH, end_practice
from services.alerts.usecases.responding.watch_arrivals import watch_arrivals
from services.alerts.usecases.responding.watch_check_ins import watch_check_ins
from services.alerts.usecases.triage.watch_plan_steps import watch_plan_steps
from services.alerts.usecases.triage.watch_triages import watch_triages
from services.alerts.usecases.workforce.end_safety_hold import end_overdue_hold
from services.alerts.usecases.workforce.forget_old_positions import forget_old_positions
from shared.persistence.transaction import Transaction

LOOK_EVERY_S = 0.25
_WITH_PERSON = "o JOIN interrupters i ON i.id = o.interrupter_id JOIN dispatches d USING (incident_id)"


@dataclass(frozen=True)
class Job:
    """`unit` returns whether there may be more to do at once. `due`: from where and which rows make it worth looking;
    it may promise too much, as of a row that another engine has, and never too little.
    """

    unit: Callable[[Transaction], Awaitable[object]]
    due: str

    @property
    def name(self) -> str:
        return self.unit.__name__


@dataclass(frozen=True)
class Round:
    """What looks for itself, every so often."""

    unit: Callable[[Transaction], Awaitable[object]]
    every_s: float

    @property
    def name(self) -> str:
        return self.unit.__name__


JOBS = (
    Job(escalate_unanswered_offers, "offers WHERE state IN ('open', 'acknowledged') AND next_action_at <= app_now()"),
    Job(escalate_dispatch, "dispatches WHERE escalate_at <= app_now()"),
    Job(hear_requests, "reconsideration_requests"),
    Job(reconsider_exhausted_dispatch, "dispatches WHERE reconsider_at <= app_now()"),
    Job(repeat_unacknowledged_page, "pages WHERE state = 'open' AND next_action_at <= app_now()"),
    Job(watch_check_ins, "assignments WHERE check_in_next_at <= app_now()"),
    Job(follow_shifts, "interrupters WHERE duty_next_at <= app_now()"),
    Job(withdraw_from_unfit, f"offers {_WITH_PERSON} WHERE o.state IN ('open', 'acknowledged') AND {UNFIT}"),
    Job(
        tell_of_unfit,
        f"assignments {_WITH_PERSON} WHERE o.state IN ('accepted', 'en_route', 'on_scene')"
        f" AND o.doubted_at IS NULL AND {UNFIT}",
    ),
    Job(end_overdue_hold, "safety_holds WHERE ended_at IS NULL AND until <= app_now()"),
    Job(end_practice, AT_BOTH),
    Job(watch_arrivals, "assignments WHERE on_scene_by <= app_now()"),
    Job(watch_triages, "triages WHERE next_action_at <= app_now()"),
    Job(watch_plan_steps, "plan_steps WHERE next_action_at <= app_now()"),
    Job(lapse_trades, "shift_trades WHERE state = 'requested' AND lapses_at <= app_now()"),
)
ROUNDS = (
    Round(clear_settled_doubt, every_s=2.0),
    Round(watch_rosters, every_s=5.0),
    Round(watch_phones, every_s=5.0),
    Round(forget_old_positions, every_s=60.0),
    Round(forget_old_deliveries, every_s=600.0),
)
_LOOK = "SELECT " + ", ".join(f"EXISTS (SELECT FROM {job.due}) AS {job.name}" for job in JOBS)  # noqa: S608 - constants


async def look_for_due(tx: Transaction) -> frozenset[str]:
    """The names of the jobs that may have something to do."""
    return frozenset(name for name, due in (await tx.row(_LOOK)).items() if due)
