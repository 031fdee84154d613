"""What runs on a clock in the engine, and how often. Each job does one unit per transaction until none is due.

By polling alone: a hint per commit would wake them a hundred times a second for deadlines that are seconds away.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.alerts.queries.deliveries import forget_old_deliveries
from services.alerts.usecases.end_safety_hold import end_overdue_hold
from services.alerts.usecases.escalate_dispatch import escalate_dispatch
from services.alerts.usecases.escalate_unanswered_offers import escalate_unanswered_offers
from services.alerts.usecases.follow_shifts import follow_shifts
from services.alerts.usecases.forget_old_positions import forget_old_positions
from services.alerts.usecases.part_from_unfit import clear_settled_doubt, tell_of_unfit, withdraw_from_unfit
from services.alerts.usecases.reconsider_exhausted import hear_requests, reconsider_exhausted_dispatch
from services.alerts.usecases.repeat_unacknowledged_page import repeat_unacknowledged_page
from services.alerts.usecases.watch_arrivals import watch_arrivals
from services.alerts.usecases.watch_check_ins import watch_check_ins
from services.alerts.usecases.watch_phones import watch_phones
from services.alerts.usecases.watch_rosters import watch_rosters
from services.alerts.usecases.watch_triages import watch_triages
from shared.persistence.transaction import Transaction


@dataclass(frozen=True)
class Job:
    """`unit` returns whether there may be more to do at once."""

    unit: Callable[[Transaction], Awaitable[object]]
    every_s: float


JOBS = (
    Job(escalate_unanswered_offers, every_s=0.25),
    Job(escalate_dispatch, every_s=0.25),
    Job(hear_requests, every_s=0.25),
    Job(reconsider_exhausted_dispatch, every_s=0.25),
    Job(repeat_unacknowledged_page, every_s=0.5),
    Job(watch_check_ins, every_s=0.5),
    Job(follow_shifts, every_s=0.5),
    Job(forget_old_deliveries, every_s=600),
    Job(withdraw_from_unfit, every_s=0.25),
    Job(tell_of_unfit, every_s=0.5),
    Job(clear_settled_doubt, every_s=2.0),
    Job(end_overdue_hold, every_s=0.5),
    Job(forget_old_positions, every_s=60.0),
    Job(watch_arrivals, every_s=0.5),
    Job(watch_rosters, every_s=5.0),
    Job(watch_phones, every_s=15.0),
    Job(watch_triages, every_s=1.0),
)
