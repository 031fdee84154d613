"""What a decision reads of each person: what bars them here and now, in one statement about all as in one about one."""

from uuid import UUID

from services.alerts.domain.candidates import Availability
from services.alerts.domain.eligibility import barred
from services.alerts.queries.candidates import About, barred_and_candidates, candidates_among
from shared.kernel.geo import Point
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Transaction
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.world import ALDER

USUAL = Availability(
    active=True,
    held=False,
    on_duty=True,
    licensed=True,
    floater=False,
    conflicted=False,
    committed=False,
    has_open_offer=False,
)
ZONE = "America/New_York"
_TODAY = f"(app_now() AT TIME ZONE '{ZONE}')::date"
_CONFLICT = """
INSERT INTO conflicts_of_interest (id, interrupter_id, reason, community, incident_id, expires_at, ended_at, ended_by)
SELECT gen_random_uuid(), CAST(:who AS uuid), 'kin', community, CAST(incident AS uuid), app_now() + valid, ended, by
FROM (VALUES ({0})) AS told (community, incident, valid, ended, by)
"""
_OFFER = """
INSERT INTO offers (id, incident_id, role, interrupter_id, tier, distance_m, state, made_at, undelivered_by,
                    acknowledge_by, accept_by, next_action_at, settled_at, decline_reason, exercise)
SELECT CAST(:who AS uuid), CAST(:of AS uuid), 'scene', :who, 'team', 1, state, app_now(), app_now(), app_now(),
       app_now(), CASE WHEN live THEN app_now() END, CASE WHEN NOT live THEN app_now() END,
       CASE WHEN state = 'declined' THEN 'unsafe' END, (SELECT CAST(incident ->> 'exercise' AS boolean)
                                                        FROM dispatches WHERE incident_id = CAST(:of AS uuid))
FROM (SELECT state, state IN ('open', 'acknowledged') AS live FROM (VALUES ('{0}')) AS v (state)) AS asked
"""
_ASSIGNMENT = (
    """
WITH asked AS ("""
    + _OFFER.format("accepted")
    + """ RETURNING *)
INSERT INTO assignments (id, incident_id, offer_id, role, interrupter_id, state, accepted_at, ended_at, check_in_state,
                         check_in_due_at, check_in_next_at, last_sign_at, exercise)
SELECT id, incident_id, id, role, interrupter_id, '{0}', app_now(), CASE WHEN '{0}' = 'cleared' THEN app_now() END,
       CASE WHEN there THEN 'due' END, CASE WHEN there THEN app_now() END, CASE WHEN there THEN app_now() END,
       CASE WHEN there THEN app_now() END, exercise
FROM asked, (SELECT '{0}' = 'on_scene' AS there) AS standing
"""
)
NOT_LICENSED, CONFLICTED = {"licensed": False}, {"conflicted": True}
COMMITTED, OFFERED = {"committed": True}, {"has_open_offer": True}
# Of each person: what was written down, and what of it counts in a real incident here.
OWN: dict[str, tuple[str, dict[str, bool]]] = {
    "as usual": ("SELECT CAST(:who AS uuid)", {}),
    "inactive": ("UPDATE interrupters SET active = false WHERE id = :who", {"active": False}),
    "held": ("UPDATE interrupters SET held = true WHERE id = :who", {"held": True}),
    "off duty": ("UPDATE interrupters SET on_duty = false WHERE id = :who", {"on_duty": False}),
    "floats": ("UPDATE interrupters SET floater = true, team_community = NULL WHERE id = :who", {"floater": True}),
    "never licensed": ("DELETE FROM licences WHERE interrupter_id = :who", NOT_LICENSED),
    "licensed elsewhere": ("UPDATE licences SET community = 'birch' WHERE interrupter_id = :who", NOT_LICENSED),
    "until today": (f"UPDATE licences SET until_day = {_TODAY} WHERE interrupter_id = :who", NOT_LICENSED),
    "until tomorrow": (f"UPDATE licences SET until_day = {_TODAY} + 1 WHERE interrupter_id = :who", {}),
    "from today": (f"UPDATE licences SET from_day = {_TODAY} WHERE interrupter_id = :who", {}),
    "from tomorrow": (f"UPDATE licences SET from_day = {_TODAY} + 1 WHERE interrupter_id = :who", NOT_LICENSED),
    "conflict here": (_CONFLICT.format("'alder', NULL, interval '1 hour', NULL::timestamptz, NULL"), CONFLICTED),
    "conflict elsewhere": (_CONFLICT.format("'birch', NULL, interval '1 hour', NULL::timestamptz, NULL"), {}),
    "conflict over": (_CONFLICT.format("'alder', NULL, interval '0', NULL::timestamptz, NULL"), {}),
    "conflict ended": (_CONFLICT.format("'alder', NULL, interval '1 hour', app_now(), 'supervisor'"), {}),
    "conflict with it": (_CONFLICT.format("NULL, :real, interval '1 hour', NULL::timestamptz, NULL"), CONFLICTED),
    "conflict with another": (_CONFLICT.format("NULL, :other, interval '1 hour', NULL::timestamptz, NULL"), {}),
}
# In the same incident, another, or a drill.
ASKED: dict[str, tuple[str, dict[str, bool]]] = {
    **{state: (_OFFER.format(state), OFFERED) for state in ("open", "acknowledged")},
    **{state: (_OFFER.format(state), {}) for state in ("declined", "expired", "withdrawn")},
    **{state: (_ASSIGNMENT.format(state), COMMITTED) for state in ("accepted", "en_route", "on_scene")},
    "cleared": (_ASSIGNMENT.format("cleared"), {}),
}


async def read(tx: Transaction, about: About) -> dict[UUID, Availability]:
    """What bars each, read with everybody, and the same read one by one."""
    kept_out, candidates = await barred_and_candidates(tx, about)
    assert all(barred(availability) for availability in kept_out)
    assert not [one for one in candidates if barred(one.availability)]
    found = {one.interrupter_id: one.availability for one in candidates}
    found |= {who: availability for availability, people in kept_out.items() for who in people}
    assert len(candidates) + sum(map(len, kept_out.values())) == len(found)
    alone = {one.interrupter_id: one for one in await candidates_among(tx, list(found), about)}
    assert {who: one.availability for who, one in alone.items()} == found
    assert candidates == [alone[one.interrupter_id] for one in candidates]
    return found


def of(incident: str, *, exercise: bool = False) -> About:
    return About(UUID(incident), DispatchRole.SCENE, "alder", ZONE, Point(*ALDER), exercise)


async def test_of_everybody_exactly_what_bars_them_here_and_now_is_read(alone: AlertsAlone) -> None:
    real, other, drill = await alone.incident(), await alone.incident(), await alone.incident(exercise=True)
    expected: dict[UUID, tuple[str, Availability, Availability]] = {}
    written = [(name, statement, fact, fact, {}) for name, (statement, fact) in OWN.items()]
    for name, (statement, fact) in ASKED.items():
        written += [(f"{name} there", statement, fact, fact, {"of": other})]
        written += [(f"{name} in a drill", statement, {}, fact, {"of": drill})]
    for name, statement, here, in_drill, facts in written:
        who = (await alone.world.on_duty(name.replace(" ", "-").replace("_", "-"))).worker
        expected[who] = (name, USUAL._replace(**here), USUAL._replace(**in_drill))
        incidents = {"real": real, "other": other}
        async with alone.world.alerts_db.transaction() as tx:
            named = {key: value for key, value in incidents.items() if f":{key}" in statement} | facts
            await tx.run(statement, who=who, **named)
    async with alone.world.alerts_db.transaction() as tx:
        now, practised = await read(tx, of(real)), await read(tx, of(real, exercise=True))
    assert {name: now[who] for who, (name, _, _) in expected.items()} == {n: here for n, here, _ in expected.values()}
    assert {n: practised[who] for who, (n, _, _) in expected.items()} == {n: drill for n, _, drill in expected.values()}
