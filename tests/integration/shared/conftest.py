"""A notebook (the tiny service of these tests) on a database and topics of its own."""

import pytest

from tests.integration.shared.notebook import Notebook
from tests.support.deployment import Deployment


@pytest.fixture
async def notebook(deployment: Deployment) -> Notebook:
    return await Notebook.open(deployment)
