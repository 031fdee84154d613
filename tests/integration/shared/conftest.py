"""A notebook and a shop, the tiny services of these tests, on databases and topics of their own."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.integration.shared.notebook import Notebook
from tests.integration.shared.shop import Counter, Shop, build_shop
from tests.support.deployment import Deployment


@pytest.fixture
async def notebook(deployment: Deployment) -> Notebook:
    return await Notebook.open(deployment)


@pytest.fixture
async def shop(deployment: Deployment) -> AsyncIterator[Shop]:
    db = await deployment.database("casework")
    async with db.transaction() as tx:
        await tx.run(
            "CREATE TABLE orders (id uuid PRIMARY KEY, name text CONSTRAINT free CHECK (name <> 'canary-taken'))"
        )
    counter = Counter()
    app = build_shop(db, deployment.settings("casework"), counter)
    async with app.router.lifespan_context(app):
        yield Shop(deployment, db, app, counter)


@pytest.fixture
async def buyer(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with shop.client("dispatcher") as client:
        yield client
