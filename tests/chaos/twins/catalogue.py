"""The planted defects, and of each: under which faults it shows, and which check must then turn red.

Each is a module of its own beside this one: `plant(process)` puts it into a process before its code runs,
`undermine(ground)`, where there is one, takes away what the database would refuse.
"""

from dataclasses import dataclass
from random import Random

from tests.chaos.faults import point, postgres_pause
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground
from tests.chaos.selections import Inflict, Selection


@dataclass(frozen=True)
class Twin:
    """`check` must be red. `people`: the fewer, the more incidents want the same one. `pages_share`: of the reports.

    `drain_within_s`: what a defect leaves behind may never drain, and most show before anything has.
    """

    check: str
    selection: Selection
    seconds: float = 12.0
    rate_per_s: float = 20.0
    pages_share: float = 0.15
    people: int = 36
    drain_within_s: float = 8.0


def _only(inflict: Inflict) -> Selection:
    return Selection({"own": 1}, pause_s=(0.2, 0.6), own={"own": inflict})


def _struck(process: str, place: str, *, action: str = "kill", linger_s: float = 0) -> Selection:
    async def inflict(ground: Ground, chance: Random) -> Inflicted:
        del chance
        return await point.strike(ground, process, place, action=action, linger_s=linger_s)

    return _only(inflict)


async def _short_pause(ground: Ground, chance: Random) -> Inflicted:
    return await postgres_pause.pause(ground, chance.uniform(0.5, 1.5))


CALM = Selection({})
TWINS = {
    "new_webhook_id": Twin("messages_are_signed_and_stay_the_same", CALM, seconds=6, people=18, drain_within_s=1),
    "local_clock": Twin("nobody_is_asked_early", CALM, seconds=12, rate_per_s=30),
    "mark_before_send": Twin("what_was_written_was_published", _struck("alerts-stream", "relay.mid_batch")),
    "relay_by_last_id": Twin(
        "what_was_written_was_published", _struck("alerts-engine", "before_commit", action="stop"), rate_per_s=30
    ),
    "position_before_effect": Twin(
        "every_consumer_applied_everything", _struck("alerts-stream", "consumer.effect_not_committed")
    ),
    "auto_commit": Twin(
        "every_consumer_applied_everything",
        _struck("alerts-stream", "consumer.effect_not_committed", linger_s=1.0),
        seconds=20,
    ),
    "cancel_around_commit": Twin("each_report_has_one_incident", _only(_short_pause)),
    "select_then_insert": Twin("each_report_has_one_incident", CALM, rate_per_s=60, pages_share=0.03),
    "no_unique_index": Twin("nobody_is_booked_twice", CALM, rate_per_s=25, pages_share=0.5, people=6),
}
