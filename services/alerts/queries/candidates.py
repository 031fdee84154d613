"""Everybody who could be asked, with all that the decision needs: of whoever is barred here no more than that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from services.alerts.domain.candidates import Availability, Barred, Candidate
from services.alerts.domain.eligibility import barred
from shared.kernel.geo import Around, Point
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Row, Transaction

# Ids by what is known of them. A licence counts on a local day of the programme; a conflict of interest until its
# instant. A drill sees real work and not the reverse.
_FACTS = ", ".join(Availability._fields)
_BY_AVAILABILITY = f"""
SELECT {_FACTS}, array_agg(id) AS people
FROM (
    SELECT i.id, i.active, i.held, i.on_duty,
           i.id IN (SELECT interrupter_id FROM licences
                    WHERE community = :community AND from_day <= (SELECT (app_now() AT TIME ZONE :time_zone)::date)
                      AND (until_day IS NULL OR until_day > (SELECT (app_now() AT TIME ZONE :time_zone)::date))
                   ) AS licensed,
           i.floater,
           i.id IN (SELECT interrupter_id FROM conflicts_of_interest
                    WHERE (community = :community OR incident_id = :incident_id)
                      AND expires_at > app_now() AND ended_at IS NULL) AS conflicted,
           i.id IN (SELECT interrupter_id FROM assignments
                    WHERE state IN ('accepted', 'en_route', 'on_scene') AND exercise <= :exercise) AS committed,
           i.id IN (SELECT interrupter_id FROM offers
                    WHERE state IN ('open', 'acknowledged') AND exercise <= :exercise) AS has_open_offer
    FROM interrupters i {{whose}} OFFSET 0
) everybody GROUP BY {_FACTS}
"""  # noqa: S608 - made of this module's own text
# Hours of this local week are kept for spans on duty that have ended, and the one under way is added. Someone silent or
# declining for this dispatch and role is asked again only after having come on duty afresh. A question that was taken
# or withdrawn does not count, nor a yes that was stood down because the incident ended or wanted nobody any more, while
# one that was given back does; whose phone never took it is called again when there is another endpoint, and else three
# times in all, because the way out may have been what failed.
_DETAILS = f"""
week AS MATERIALIZED (
    SELECT app_now() AS now, date_trunc('week', app_now() AT TIME ZONE :time_zone) AT TIME ZONE :time_zone AS began
),
asked AS (
    SELECT o.interrupter_id, max(o.made_at) AS made_at FROM offers o
    WHERE incident_id = :incident_id AND role = :role AND state NOT IN ('taken', 'withdrawn')
      AND NOT EXISTS (SELECT FROM assignments s
                      WHERE s.incident_id = :incident_id AND s.offer_id = o.id AND s.state = 'stood_down'
                        AND NOT s.given_back)
      AND NOT (state = 'undeliverable' AND (
            (SELECT max(created_at) FROM webhook_endpoints
             WHERE enabled AND owner_kind = 'interrupter' AND owner_id = o.interrupter_id) > o.made_at
         OR (SELECT count(*) < 3 AND max(settled_at) < app_now() - interval '2 minutes' FROM offers u
             WHERE u.incident_id = :incident_id AND u.role = :role AND u.state = 'undeliverable'
               AND u.interrupter_id = o.interrupter_id)))
    GROUP BY o.interrupter_id
)
SELECT i.id, i.home_lat, i.home_lon, i.position_lat, i.position_lon, i.roles, i.organization_id, i.team_community,
       {", ".join(f"w.{name}" for name in Availability._fields)},
       a.made_at IS NOT NULL AND a.made_at >= i.available_since AS asked_before,
       i.id IN (SELECT owner_id FROM webhook_endpoints WHERE enabled AND owner_kind = 'interrupter') AS reachable,
       i.position_at, i.last_offered_at, i.last_cleared_at,
       CAST(CASE WHEN i.week_began >= week.began THEN i.week_worked_s ELSE 0 END
            + CASE WHEN i.on_duty THEN date_part('epoch', week.now - greatest(i.available_since, week.began)) ELSE 0 END
            AS integer) AS worked_s,
       i.weekly_hours, CAST(NULL AS uuid[]) AS barred
FROM who w JOIN interrupters i ON i.id = ANY(w.people) CROSS JOIN week
LEFT JOIN asked a ON a.interrupter_id = i.id
"""  # noqa: S608 - made of this module's own text
_THESE = f"WITH who AS ({_BY_AVAILABILITY.format(whose='WHERE i.id = ANY(:ids)')}), {_DETAILS}"
# Whom nothing bars, as the rules have it, with the details; the others after them, all of one availability in one row.
_FREE = ", ".join(str(one) for one in product((False, True), repeat=len(Availability._fields)) if barred(one) is None)
# Columns of the details before and behind the availability.
_BEFORE, _BEHIND = 8, 7
_EVERYBODY = f"""
WITH everybody AS MATERIALIZED ({_BY_AVAILABILITY.format(whose="")}),
who AS (SELECT * FROM everybody WHERE ({_FACTS}) IN ({_FREE})),
{_DETAILS}
UNION ALL
SELECT {"NULL, " * _BEFORE} {_FACTS}, {"NULL, " * _BEHIND} people FROM everybody WHERE ({_FACTS}) NOT IN ({_FREE})
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
    rows, away = await tx.rows(_EVERYBODY, **about.parameters), Around(about.place).whole_m
    kept_out = [row for row in rows if row["barred"] is not None]
    return (
        {Availability._make(row[name] for name in Availability._fields): row["barred"] for row in kept_out},
        [_candidate(row, away) for row in rows if row["barred"] is None],
    )


async def candidate(tx: Transaction, interrupter_id: UUID, about: About) -> Candidate | None:
    """One person alone; None if there is nobody of that id."""
    return next(iter(await candidates_among(tx, [interrupter_id], about)), None)


async def candidates_among(tx: Transaction, ids: Sequence[UUID], about: About) -> list[Candidate]:
    away = Around(about.place).whole_m
    return [_candidate(row, away) for row in await tx.rows(_THESE, ids=ids, **about.parameters)] if ids else []


async def covering_organizations(tx: Transaction, *, community: str | None, time_zone: str) -> frozenset[UUID]:
    rows = await tx.rows(_COVERING, community=community, time_zone=time_zone)
    return frozenset(row["organization_id"] for row in rows)


def _candidate(row: Row, away: Callable[[float, float], int]) -> Candidate:
    """By position, in the order of the statement's columns: this runs for hundreds at every decision."""
    who, home_lat, home_lon, lat, lon, roles, *facts, _ = row.values()
    position_m = None if lat is None else away(lat, lon)
    return Candidate._make((who, away(home_lat, home_lon), position_m, frozenset(roles), *facts))
