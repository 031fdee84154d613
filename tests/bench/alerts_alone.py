"""The alerts service's own database on a real server, and nothing else: for benches of what happens inside it."""

import gc
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.programme import read_programme
from services.alerts.usecases.programme.load_policy import load_policy
from shared.persistence.database import Database
from tests.bench.crowded_city import PROGRAMME
from tests.bench.in_use import used_before
from tests.support.deployment import SECRETS_KEY_BYTES, Deployment

BOX = SecretBox(SECRETS_KEY_BYTES)


@asynccontextmanager
async def alerts_alone(**policy: Any) -> AsyncIterator[tuple[Deployment, Database]]:
    """On durable storage, with the programme's own policy but for what is given."""
    with tempfile.TemporaryDirectory() as place:
        stack = LocalStack(Path(place), Ports.free(), StackOptions(durable=True))
        await stack.start_infrastructure()
        deployment = Deployment(stack, "bench")
        try:
            await deployment.ready_settings("alerts")
            db = Database(deployment.settings("alerts").postgres_dsn.get_secret_value())
            programme = read_programme(PROGRAMME)
            async with db.transaction() as tx:
                await load_policy(tx, programme.policy_name, {**programme.policy_body, **policy})
            await used_before(deployment)
            _settle_down()
            yield deployment, db
            await db.close()
        finally:
            await deployment.close()
            await stack.stop()


def _settle_down() -> None:
    """As our processes do when they have started (shared.runtime.process)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
