"""Whether what was decided follows from what is kept of it. Distances are compared as they are kept: in kilometres."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.distances import coarse_m
from services.alerts.domain.ranking import Ranking


@dataclass(frozen=True, slots=True)
class Kept:
    """As it was written down: whom, tier, coarse metres, step; and of the others the reason."""

    ranked: tuple[tuple[UUID, str, float, int | None], ...]
    left_out: Mapping[UUID, str]
    step: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`interrupter_id` None: it is about the whole decision."""

    interrupter_id: UUID | None
    kept: str
    replayed: str


LEFT_OUT = "left out: "


def differences(kept: Kept, again: Ranking) -> tuple[Difference, ...]:
    now = Kept(
        ranked=tuple((one.interrupter_id, one.tier.value, coarse_m(one.distance_m), one.step) for one in again.ranked),
        left_out={one.interrupter_id: one.reason.value for one in again.not_asked},
        step=again.step,
    )
    then_of, now_of = _told(kept), _told(now)
    people = sorted(then_of.keys() | now_of.keys())
    found = [
        Difference(one, then_of.get(one, "not there"), now_of.get(one, "not there"))
        for one in people
        if then_of.get(one) != now_of.get(one)
    ]
    if kept.step != now.step:
        found.append(Difference(None, f"radius step {kept.step}", f"radius step {now.step}"))
    return tuple(found)


def _told(decision: Kept) -> dict[UUID, str]:
    """What was decided about each, in words that are equal if and only if it was the same."""
    ranked = {
        who: f"number {place}, {tier}, {away_m / 1000:.0f} km, step {step}"
        for place, (who, tier, away_m, step) in enumerate(decision.ranked, start=1)
    }
    return ranked | {who: f"{LEFT_OUT}{reason}" for who, reason in decision.left_out.items()}
