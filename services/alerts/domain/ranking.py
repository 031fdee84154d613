"""In what order people are asked, as one pure function over everyone, with a reason for everyone left out.

Tiers: the community's team, then others of an organization covering it who are licensed there, then licensed people of
other organizations, then floaters. Among those with standing the policy's radius widens in steps: they are asked within
the first step that holds as many as are missing, and a step without anybody is passed over at once. Inside a step tiers
come first, inside a tier distance, then longest since last asked, then id. Floaters come last, however near: standing
comes before distance.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from services.alerts.domain.candidates import Candidate, Need
from services.alerts.domain.eligibility import left_out
from services.alerts.domain.policy import Policy
from shared.kernel.vocabulary import LeftOut, Tier

_TIERS = tuple(Tier)
_NEVER = datetime.min.replace(tzinfo=UTC)
_FLOATER = _TIERS.index(Tier.FLOATER)
# Without standing, step, tier, metres away, last asked, who: the order in which people are asked.
_Able = tuple[bool, int, int, int, datetime, UUID]


class Ranked(NamedTuple):
    """`step`: the policy's radius step, counted from 1, in which this person is."""

    interrupter_id: UUID
    tier: Tier
    distance_m: int
    step: int


class Why(NamedTuple):
    """`step`: of whoever is only too far away, the radius step in which they will be asked; None: in none."""

    reason: LeftOut
    step: int | None = None


class NotAsked(NamedTuple):
    interrupter_id: UUID
    reason: LeftOut
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everybody considered is in exactly one of the two. `step`: how far the radius was widened.

    `unable`: by the reason, since thousands have one of few; in no order.
    """

    ranked: tuple[Ranked, ...]
    unable: Mapping[Why, Sequence[UUID]]
    step: int

    @property
    def not_asked(self) -> tuple[NotAsked, ...]:
        """Everybody who is unable, in the order of their ids."""
        return tuple(sorted(NotAsked(who, *why) for why, people in self.unable.items() for who in people))

    @property
    def is_narrowed(self) -> bool:
        """There are people with standing beyond."""
        return any(why.step is not None for why in self.unable)

    @property
    def choices(self) -> tuple[Ranked, ...]:
        """Whom to ask by this ranking, in order: while others with standing are only too far away, no floaters."""
        return tuple(one for one in self.ranked if one.tier is not Tier.FLOATER) if self.is_narrowed else self.ranked


def rank(candidates: Iterable[Candidate], need: Need, policy: Policy, at_least: int = 1) -> Ranking:
    """`at_least`: how many are to be found before the radius is left as it is."""
    able: list[_Able] = []
    unable: defaultdict[Why, list[UUID]] = defaultdict(list)
    for candidate in candidates:
        if (reason := left_out(candidate, need, policy)) is not None:
            unable[Why(reason)].append(candidate.interrupter_id)
            continue
        away_m = _away_m(candidate, need, policy)
        if (step := _step(away_m, policy)) is None:
            unable[Why(LeftOut.OUT_OF_RADIUS)].append(candidate.interrupter_id)
            continue
        tier = _TIERS.index(_tier(candidate, need))
        asked = candidate.last_offered_at or _NEVER
        able.append((tier == _FLOATER, step, tier, away_m, asked, candidate.interrupter_id))
    able.sort()
    reached = _reached(able, at_least)
    ranked = []
    for floats, step, tier, away_m, _, who in able:
        if floats or step <= reached:
            ranked.append(Ranked(who, _TIERS[tier], away_m, step))
        else:
            unable[Why(LeftOut.OUT_OF_RADIUS, step)].append(who)
    return Ranking(tuple(ranked), dict(unable), reached)


def _step(away_m: int, policy: Policy) -> int | None:
    """The first radius step that this far is within, counted from 1."""
    for number, radius_m in enumerate(policy.radius_steps_m, start=1):
        if radius_m is None or away_m <= radius_m:
            return number
    return None


def _reached(able: Sequence[_Able], at_least: int) -> int:
    """The step that the search ends in, among those with standing, who come first; without any the first."""
    steps = [step for floats, step, *_ in able if not floats]
    return steps[min(at_least, len(steps)) - 1] if steps else 1


def place_of(candidate: Candidate, need: Need, policy: Policy) -> Ranked:
    """Where one person stands, whether or not that person would be asked."""
    away_m = _away_m(candidate, need, policy)
    beyond = len(policy.radius_steps_m) + 1
    return Ranked(candidate.interrupter_id, _tier(candidate, need), away_m, _step(away_m, policy) or beyond)


def _tier(candidate: Candidate, need: Need) -> Tier:
    if not candidate.licensed:
        return Tier.FLOATER
    if candidate.organization_id not in need.covering:
        return Tier.LICENSED
    if candidate.team_community == need.community:
        return Tier.TEAM
    return Tier.ORGANIZATION


def _away_m(candidate: Candidate, need: Need, policy: Policy) -> int:
    """From the last known position while it is fresh, else from the home base."""
    fresh = candidate.position_at is not None and need.at - candidate.position_at <= policy.location_max_age
    return candidate.position_m if candidate.position_m is not None and fresh else candidate.home_m
