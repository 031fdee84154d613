"""Intake on a database of its own, with the District's programme in force."""

import pytest

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
