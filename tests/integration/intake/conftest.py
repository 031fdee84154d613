"""Intake on a database of its own, with the District's programme in force."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import LocalStack
from shared.kernel.ids import random_id
from tests.support.deployment import Deployment
from tests.support.intake import Intake, dc_document


@pytest.fixture
async def bare_intake(deployment: Deployment) -> Intake:
    """No programme was loaded."""
    return Intake(deployment, await deployment.database("intake"))


@pytest.fixture
async def intake(bare_intake: Intake) -> Intake:
    await bare_intake.load(dc_document())
    return bare_intake


@pytest.fixture(scope="module")
async def lasting_intake(stack: LocalStack) -> AsyncIterator[Intake]:
    """One database for a whole file, whose tests look at nothing but their own incidents, or leave nothing behind."""
    deployment = Deployment(stack, f"t{random_id().hex[:10]}")
    made = Intake(deployment, await deployment.database("intake"))
    await made.load(dc_document())
    try:
        yield made
    finally:
        await deployment.close()
