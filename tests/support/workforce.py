"""A city's whole workforce put straight into a database: as many people as a programme can have, seldom at their best.

Of all about two in three are on duty, some rest, some keep out, some have no phone, half have a fresh position.
"""

import random
from datetime import date
from uuid import UUID

from services.alerts.delivery.secret_box import SecretBox, endpoint_secret_context
from shared.kernel.ids import new_id
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from tests.support.senders import new_secret

COMMUNITIES = tuple(f"community-{number}" for number in range(22))
MIDDLE = (38.90, -77.00)
_ORGANIZATION = "INSERT INTO organizations (id, version, name) VALUES (:id, 1, :name)"
_COVERAGE = """
INSERT INTO coverage (organization_id, community, from_day) SELECT :id, unnest(CAST(:communities AS text[])), :day
"""
_PEOPLE = """
INSERT INTO interrupters (id, version, organization_id, call_sign, roles, team_community, floater, active, on_duty,
    available_since, home_lat, home_lon, position_lat, position_lon, position_at, last_cleared_at)
SELECT id, 1, organization, 'bird-' || place, ARRAY['scene'], community, floater, true, on_duty,
    app_now() - interval '1 hour', lat, lon, position, position - 116,
    CASE WHEN position IS NOT NULL THEN app_now() END,
    CASE WHEN resting THEN app_now() END
FROM unnest(CAST(:ids AS uuid[]), CAST(:organizations AS uuid[]), CAST(:communities AS text[]),
    CAST(:floaters AS boolean[]), CAST(:on_duty AS boolean[]), CAST(:lats AS float8[]), CAST(:lons AS float8[]),
    CAST(:positions AS float8[]), CAST(:resting AS boolean[]))
    WITH ORDINALITY AS t (id, organization, community, floater, on_duty, lat, lon, position, resting, place)
"""
_LICENCES = """
INSERT INTO licences (interrupter_id, community, from_day)
SELECT id, community, :day FROM unnest(CAST(:ids AS uuid[]), CAST(:communities AS text[])) AS t (id, community)
"""
_EXCLUDED = """
INSERT INTO conflicts_of_interest (id, interrupter_id, community, reason, expires_at)
SELECT gen_random_uuid(), id, community, 'kin', app_now() + interval '1 year'
FROM unnest(CAST(:ids AS uuid[]), CAST(:communities AS text[])) AS t (id, community)
"""
_ENDPOINTS = """
INSERT INTO webhook_endpoints (id, version, owner_kind, owner_id, url, secret_sealed, enabled, created_at)
SELECT id, 1, 'interrupter', owner, url, secret, true, clock_timestamp()
FROM unnest(CAST(:ids AS uuid[]), CAST(:owners AS uuid[]), CAST(:urls AS text[]), CAST(:secrets AS bytea[]))
    AS t (id, owner, url, secret)
"""


async def hire(
    db: Database, count: int, *, box: SecretBox, url: str, secret: str | None = None, able_only: bool = False
) -> list[UUID]:
    """`url` is everybody's endpoint, followed by the person's id; `secret` its secret.

    `able_only`: all on duty, rested, licensed everywhere, kept out of nothing, with a phone.
    """
    chance = random.Random(count)
    organizations = [new_id() for _ in range(3)]
    people = [new_id() for _ in range(count)]
    async with db.transaction() as tx:
        for number, organization in enumerate(organizations):
            await tx.run(_ORGANIZATION, id=organization, name=f"Organization {number}")
            covered = [one for place, one in enumerate(COMMUNITIES) if place % 3 == number]
            await tx.run(_COVERAGE, id=organization, communities=covered, day=date(2021, 1, 1))
        await _people(tx, people, organizations, chance, able_only=able_only)
        await _standing(tx, people, chance, able_only=able_only)
        with_phone = [one for one in people if able_only or chance.random() < 0.97]
        await _phones(tx, with_phone, box, (url, secret or new_secret()))
    return people


async def _people(
    tx: Transaction, people: list[UUID], organizations: list[UUID], chance: random.Random, *, able_only: bool
) -> None:
    await tx.run(
        _PEOPLE,
        ids=people,
        organizations=[organizations[place % 3] for place in range(len(people))],
        communities=[chance.choice(COMMUNITIES) for _ in people],
        floaters=[chance.random() < 0.1 for _ in people],
        on_duty=[able_only or chance.random() < 0.65 for _ in people],
        lats=[MIDDLE[0] + chance.uniform(-0.08, 0.08) for _ in people],
        lons=[MIDDLE[1] + chance.uniform(-0.08, 0.08) for _ in people],
        positions=[39 + chance.uniform(-0.08, 0.08) if chance.random() < 0.5 else None for _ in people],
        resting=[not able_only and chance.random() < 0.1 for _ in people],
    )


async def _standing(tx: Transaction, people: list[UUID], chance: random.Random, *, able_only: bool) -> None:
    each = len(COMMUNITIES) if able_only else 8
    licences = [(one, community) for one in people for community in chance.sample(COMMUNITIES, each)]
    excluded = [(one, chance.choice(COMMUNITIES)) for one in people if not able_only and chance.random() < 0.05]
    await tx.run(
        _LICENCES,
        ids=[one for one, _ in licences],
        communities=[community for _, community in licences],
        day=date(2021, 1, 1),
    )
    await tx.run(_EXCLUDED, ids=[one for one, _ in excluded], communities=[community for _, community in excluded])


async def _phones(tx: Transaction, people: list[UUID], box: SecretBox, phone: tuple[str, str]) -> None:
    endpoints, (url, secret) = [new_id() for _ in people], phone
    await tx.run(
        _ENDPOINTS,
        ids=endpoints,
        owners=people,
        urls=[f"{url}/{person}" for person in people],
        secrets=[box.seal(secret, context=endpoint_secret_context(endpoint)) for endpoint in endpoints],
    )
