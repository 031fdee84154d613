"""A notebook (the tiny service of these tests) on a database and topics of its own; logs without rendered locals."""

from collections.abc import Iterator

import pytest
import structlog

from tests.integration.shared.notebook import Notebook
from tests.support.deployment import Deployment


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> Iterator[None]:
    """Unconfigured, the log draws every frame's variables, which takes longer than what it tells of."""
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    yield
    structlog.configure(**before)


@pytest.fixture
async def notebook(deployment: Deployment) -> Notebook:
    return await Notebook.open(deployment)
