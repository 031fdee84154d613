"""Everybody who could be asked, with all that the decision needs: of whoever is barred here no more than that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.candidates import Availability, Barred, Candidate
from services.alerts.domain.eligibility import barred
from shared.kernel.geo import Around, Point
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Row, Transaction

# A licence counts on a local day of the programme; a conflict of interest until its instant. A drill sees real work and
# not the reverse.
_AVAILABLE = """
       i.active, i.held, i.on_duty,
       i.id IN (SELECT interrupter_id FROM licences
                WHERE community = :community AND from_day <= (app_now() AT TIME ZONE :time_zone)::date
                  AND (until_day IS NULL OR until_day > (app_now() AT TIME ZONE :time_zone)::date)) AS licensed,
       i.floater,
       i.id IN (SELECT interrupter_id FROM conflicts_of_interest
                WHERE (community = :community OR incident_id = :incident_id)
                  AND expires_at > app_now() AND ended_at IS NULL) AS conflicted,
       i.id IN (SELECT interrupter_id FROM assignments
                WHERE state IN ('accepted', 'en_route', 'on_scene') AND exercise <= :exercise) AS committed,
       i.id IN (SELECT interrupter_id FROM offers
                WHERE state IN ('open', 'acknowledged') AND exercise <= :exercise) AS has_open_offer"""
_EVERYBODY = f"""
SELECT active, held, on_duty, licensed, floater, conflicted, committed, has_open_offer, array_agg(id) AS people
FROM (SELECT i.id, {_AVAILABLE} FROM interrupters i OFFSET 0) everybody
GROUP BY active, held, on_duty, licensed, floater, conflicted, committed, has_open_offer
"""  # noqa: S608 - made of this module's own text
# Hours of this local week are kept for spans on duty that have ended, and the one under way is added. Someone silent or
# declining for this dispatch and role is asked again only after having come on duty afresh. A question that was taken
# or withdrawn does not count, nor a yes that was stood down because the incident ended or wanted nobody any more, while
# one that was given back does; whose phone never took it is called again when there is another endpoint, and else three
# times in all, because the way out may have been what failed.
_CANDIDATES = f"""
WITH week AS (
    SELECT app_now() AS now, date_trunc('week', app_now() AT TIME ZONE :time_zone) AT TIME ZONE :time_zone AS began
),
reachable AS (
    SELECT owner_id, max(created_at) AS since FROM webhook_endpoints
    WHERE enabled AND owner_kind = 'interrupter' AND owner_id = ANY(:ids) GROUP BY owner_id
),
unreached AS (
    SELECT interrupter_id, count(*) AS times, max(settled_at) AS last_at FROM offers
    WHERE incident_id = :incident_id AND role = :role AND state = 'undeliverable' GROUP BY interrupter_id
),
asked AS (
    SELECT o.interrupter_id, max(o.made_at) AS made_at FROM offers o
    LEFT JOIN unreached u ON u.interrupter_id = o.interrupter_id
    LEFT JOIN reachable r ON r.owner_id = o.interrupter_id
    WHERE incident_id = :incident_id AND role = :role AND state NOT IN ('taken', 'withdrawn')
      AND NOT EXISTS (SELECT FROM assignments s
                      WHERE s.incident_id = :incident_id AND s.offer_id = o.id AND s.state = 'stood_down'
                        AND NOT s.given_back)
      AND NOT (state = 'undeliverable'
               AND (r.since > o.made_at OR (u.times < 3 AND u.last_at < app_now() - interval '2 minutes')))
    GROUP BY o.interrupter_id
)
SELECT i.id, i.home_lat, i.home_lon, i.position_lat, i.position_lon, i.roles, i.organization_id, i.team_community,
       {_AVAILABLE},
       a.made_at IS NOT NULL AND a.made_at >= i.available_since AS asked_before,
       r.owner_id IS NOT NULL AS reachable,
       i.position_at, i.last_offered_at, i.last_cleared_at,
       CAST(CASE WHEN i.week_began >= w.began THEN i.week_worked_s ELSE 0 END
            + CASE WHEN i.on_duty THEN date_part('epoch', w.now - greatest(i.available_since, w.began)) ELSE 0 END
            AS integer) AS worked_s,
       i.weekly_hours
FROM interrupters i CROSS JOIN week w
LEFT JOIN asked a ON a.interrupter_id = i.id
LEFT JOIN reachable r ON r.owner_id = i.id
WHERE i.id = ANY(:ids)
"""  # noqa: S608 - made of this module's own text
_COVERING = """
SELECT organization_id FROM coverage
WHERE community = :community AND from_day <= (app_now() AT TIME ZONE :time_zone)::date
  AND (until_day IS NULL OR until_day > (app_now() AT TIME ZONE :time_zone)::date)
"""


@dataclass(frozen=True, slots=True)
class About:
    """What is asked for, and where: licences and distances are of that place."""

    incident_id: UUID
    role: DispatchRole
    community: str | None
    time_zone: str
    place: Point
    exercise: bool = False

    @property
    def parameters(self) -> dict[str, object]:
        return {
            "incident_id": self.incident_id,
            "role": self.role.value,
            "community": self.community,
            "time_zone": self.time_zone,
            "exercise": self.exercise,
        }


async def barred_and_candidates(tx: Transaction, about: About) -> tuple[Barred, list[Candidate]]:
    """Everybody: those barred here from everything, of whom no more is read, and the others."""
    here = {name: value for name, value in about.parameters.items() if name != "role"}
    rows = await tx.rows(_EVERYBODY, **here)
    everybody = {Availability._make(row[name] for name in Availability._fields): row["people"] for row in rows}
    is_barred = {one: barred(one) is not None for one in everybody}
    others = [who for one, ids in everybody.items() if not is_barred[one] for who in ids]
    return {one: ids for one, ids in everybody.items() if is_barred[one]}, await candidates_among(tx, others, about)


async def candidate(tx: Transaction, interrupter_id: UUID, about: About) -> Candidate | None:
    """One person alone; None if there is nobody of that id."""
    return next(iter(await candidates_among(tx, [interrupter_id], about)), None)


async def candidates_among(tx: Transaction, ids: Sequence[UUID], about: About) -> list[Candidate]:
    away = Around(about.place).whole_m
    return [_candidate(row, away) for row in await tx.rows(_CANDIDATES, ids=ids, **about.parameters)] if ids else []


async def covering_organizations(tx: Transaction, *, community: str | None, time_zone: str) -> frozenset[UUID]:
    rows = await tx.rows(_COVERING, community=community, time_zone=time_zone)
    return frozenset(row["organization_id"] for row in rows)


def _candidate(row: Row, away: Callable[[float, float], int]) -> Candidate:
    """By position, in the order of the statement's columns: this runs for hundreds at every decision."""
    who, home_lat, home_lon, lat, lon, roles, *facts = row.values()
    position_m = None if lat is None else away(lat, lon)
    return Candidate._make((who, away(home_lat, home_lon), position_m, frozenset(roles), *facts))
