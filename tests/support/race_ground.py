"""The ground of a race: an alerts database of its own with few people, so that everybody is wanted by several."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.alerts.delivery.secret_box import SecretBox, endpoint_secret_context
from services.alerts.programme import read_programme
from services.alerts.usecases.programme.load_policy import load_policy
from shared.kernel.ids import new_id
from shared.persistence.database import Database
from tests.support.deployment import SECRETS_KEY_BYTES, Deployment
from tests.support.races import Races
from tests.support.senders import new_secret
from tests.support.workforce import hire
from tests.support.world import PROGRAMME

PEOPLE = 12
# More than race at once, so that none of them waits for a connection instead of for the others' locks.
CONNECTIONS = 24
BOX = SecretBox(SECRETS_KEY_BYTES)
NOWHERE = "http://127.0.0.1:9"
_DESK = """
INSERT INTO webhook_endpoints (id, version, owner_kind, url, secret_sealed, enabled, created_at)
VALUES (:id, 1, 'duty_dispatcher', :url, :secret, true, clock_timestamp())
"""


@asynccontextmanager
async def races(deployment: Deployment, *, quota: int, parallel: int, seed: int) -> AsyncIterator[Races]:
    """`quota` are wanted for the one role, `parallel` are asked at a time."""
    await deployment.ready_settings("alerts")
    db = Database(deployment.settings("alerts").postgres_dsn.get_secret_value(), pool_size=CONNECTIONS)
    try:
        if not await _people(db):
            await hire(db, PEOPLE, box=BOX, url=NOWHERE, able_only=True)
            await _desk(db)
        programme = read_programme(PROGRAMME)
        policy = {"roles": {"scene": quota}, "parallel_offers": parallel, "rest_s": 0}
        async with db.transaction() as tx:
            await load_policy(tx, programme.policy_name, {**programme.policy_body, **policy})
        yield Races(deployment, db, seed, quota)
    finally:
        await db.close()


async def _desk(db: Database) -> None:
    endpoint = new_id()
    sealed = BOX.seal(new_secret(), context=endpoint_secret_context(endpoint))
    async with db.transaction() as tx:
        await tx.run(_DESK, id=endpoint, url=NOWHERE, secret=sealed)


async def _people(db: Database) -> int:
    async with db.transaction() as tx:
        return int((await tx.row("SELECT count(*) AS people FROM interrupters"))["people"])
