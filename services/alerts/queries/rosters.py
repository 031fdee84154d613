"""A community's people with standing there: who they are, when they are on duty, and whether they can be reached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from typing import Any
from uuid import UUID

from services.alerts.domain.duty import Word
from services.alerts.domain.quiet_hours import QuietHours
from services.alerts.domain.rosters import Rostered, there
from services.alerts.domain.shifts import Plan, Span
from services.alerts.domain.terms import Term
from services.alerts.policies import most_wanted, quiet_hours_of
from services.alerts.queries.plans import plans_of, programme_zone
from services.alerts.queries.policies import policy_in_force
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Row, Transaction

_PEOPLE = """
SELECT i.id, i.call_sign, i.organization_id, i.roles, i.on_duty, i.duty_word, i.duty_word_at, i.duty_next_at,
       array_agg(l.from_day ORDER BY l.from_day) AS from_days,
       array_agg(l.until_day ORDER BY l.from_day) AS until_days
FROM interrupters i JOIN licences l ON l.interrupter_id = i.id
WHERE i.active AND l.community = :community AND l.from_day <= :last_day AND (l.until_day IS NULL OR l.until_day > :day)
GROUP BY i.id ORDER BY i.call_sign
"""
_TEAM_WITHOUT_LICENCE = """
SELECT i.id, i.call_sign, i.organization_id, i.roles, i.on_duty, i.duty_next_at FROM interrupters i
WHERE i.active AND i.on_duty AND NOT i.floater AND i.team_community = :community
  AND NOT EXISTS (SELECT FROM licences l WHERE l.interrupter_id = i.id AND l.community = :community
                  AND l.from_day <= :last_day AND (l.until_day IS NULL OR l.until_day > :day))
ORDER BY i.call_sign
"""
_COMMUNITIES = """
SELECT c.area_id, c.name FROM communities c
WHERE EXISTS (SELECT FROM coverage v WHERE v.community = c.area_id AND v.from_day <= :day
              AND (v.until_day IS NULL OR v.until_day > :day)
              AND (:everything OR v.organization_id = CAST(:supervised AS uuid)))
  AND (c.retired_on IS NULL OR c.retired_on > :day)
  AND (CAST(:after AS text) IS NULL OR c.area_id > :after)
ORDER BY c.area_id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Member:
    """`spans`: when this person is there, within what is looked at, which begins now."""

    row: Row
    spans: tuple[Span, ...]
    has_plan: bool

    @property
    def rostered(self) -> Rostered:
        return Rostered(frozenset(DispatchRole(role) for role in self.row["roles"]), self.spans)


@dataclass(frozen=True, slots=True)
class Watch:
    """What the policy in force says. `wanted`: the most of each role at one incident; `ahead` 0: no alarms."""

    zone: tzinfo
    wanted: Mapping[DispatchRole, int]
    ahead: timedelta
    quiet_hours: QuietHours | None


@dataclass(frozen=True, slots=True)
class Roster:
    members: tuple[Member, ...]

    @property
    def is_used(self) -> bool:
        """Without a single shift nothing is planned here, and nothing can be missing from it."""
        return any(member.has_plan for member in self.members)


async def roster_of(tx: Transaction, community: str, zone: tzinfo, window: Span) -> Roster:
    """Whoever has standing there on any day of the window."""
    rows = await tx.rows(_PEOPLE, community=community, **_days(zone, window))
    plans = await plans_of(tx, [row["id"] for row in rows], since=window.begins)
    return Roster(tuple(_member(row, plans[row["id"]], community, zone, window) for row in rows))


async def team_without_licence(tx: Transaction, community: str, zone: tzinfo, window: Span) -> tuple[Member, ...]:
    """Members of its team on duty now whom nobody may ask there, on any day of the window: they fill no gap."""
    rows = await tx.rows(_TEAM_WITHOUT_LICENCE, community=community, **_days(zone, window))
    return tuple(Member(row, (), has_plan=False) for row in rows)


def _days(zone: tzinfo, window: Span) -> dict[str, date]:
    return {"day": window.begins.astimezone(zone).date(), "last_day": window.ends.astimezone(zone).date()}


def _member(row: Row, plan: Plan, community: str, zone: tzinfo, window: Span) -> Member:
    word = None if row["duty_word"] is None else Word(row["duty_word"], row["duty_word_at"])
    days = zip(row["from_days"], row["until_days"], strict=True)
    terms = [Term(community, begins, ends) for begins, ends in days]
    return Member(row, there(plan, word, terms, zone, window), has_plan=not plan.is_empty)


async def watched_by(tx: Transaction) -> Watch:
    """Without a policy nothing is wanted, and nothing is watched."""
    policy, zone = await policy_in_force(tx), await programme_zone(tx) or UTC
    if policy is None:
        return Watch(zone, {}, timedelta(0), None)
    body = policy["body"]
    return Watch(zone, most_wanted(body), timedelta(days=body.get("roster_ahead_days", 0)), quiet_hours_of(body))


async def covered_communities(tx: Transaction, *, day: date, **scope: Any) -> Sequence[Row]:
    """Those that an organization covers today, by id; of one organization, unless `everything`."""
    return await tx.rows(_COMMUNITIES, day=day, **scope)


def ids_of(members: Iterable[Member]) -> list[UUID]:
    return [member.row["id"] for member in members]
