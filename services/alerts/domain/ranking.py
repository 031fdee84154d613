"""In what order people are asked, as one pure function over everyone, with a reason for everyone left out.

Tiers first: the community's team, then others of an organization covering it who are licensed there, then licensed
people of other organizations, then floaters. Inside a tier: distance, then longest since last asked, then id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.alerts.domain.candidates import Candidate, Need
from services.alerts.domain.eligibility import left_out
from services.alerts.domain.policy import Policy
from shared.kernel.geo import Point, distance_m
from shared.kernel.vocabulary import LeftOut, Tier

_TIERS = tuple(Tier)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ranked:
    interrupter_id: UUID
    tier: Tier
    distance_m: float


@dataclass(frozen=True, slots=True)
class NotAsked:
    interrupter_id: UUID
    reason: LeftOut


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everybody considered is in exactly one of the two."""

    ranked: tuple[Ranked, ...]
    not_asked: tuple[NotAsked, ...]


def rank(candidates: Iterable[Candidate], need: Need, policy: Policy) -> Ranking:
    able: list[tuple[int, float, datetime, UUID]] = []
    unable: list[NotAsked] = []
    for candidate in candidates:
        reason = left_out(candidate, need, policy)
        if reason is None:
            away_m = distance_m(_whereabouts(candidate, need, policy), need.place)
            if policy.radius_m is not None and away_m > policy.radius_m:
                reason = LeftOut.OUT_OF_RADIUS
        if reason is not None:
            unable.append(NotAsked(candidate.interrupter_id, reason))
            continue
        tier = _TIERS.index(_tier(candidate, need))
        able.append((tier, away_m, candidate.last_offered_at or _NEVER, candidate.interrupter_id))
    ranked = tuple(Ranked(who, _TIERS[tier], away_m) for tier, away_m, _, who in sorted(able))
    return Ranking(ranked, tuple(sorted(unable, key=lambda one: one.interrupter_id)))


def place_of(candidate: Candidate, need: Need, policy: Policy) -> Ranked:
    """Where one person stands, whether or not that person would be asked."""
    away_m = distance_m(_whereabouts(candidate, need, policy), need.place)
    return Ranked(candidate.interrupter_id, _tier(candidate, need), away_m)


def _tier(candidate: Candidate, need: Need) -> Tier:
    if not candidate.licensed:
        return Tier.FLOATER
    if candidate.organization_id not in need.covering:
        return Tier.LICENSED
    if candidate.team_community == need.community:
        return Tier.TEAM
    return Tier.ORGANIZATION


def _whereabouts(candidate: Candidate, need: Need, policy: Policy) -> Point:
    """The last known position while it is fresh, else the home base."""
    fresh = candidate.position_at is not None and need.at - candidate.position_at <= policy.location_max_age
    return candidate.position if candidate.position is not None and fresh else candidate.home
