"""Brings the databases and topics of all services to their newest form, in one process: starting Python four times
would cost more than the work.

    python -m deploy.local.migrate intake alerts …

Each service's settings come from its own variables, as when it runs `migrate` by itself.
"""

import asyncio
import sys

from shared.runtime.migrate import migrate
from shared.runtime.settings import ServiceSettings


async def migrate_all(services: list[str]) -> None:
    for service in services:
        await migrate(service, ServiceSettings(_env_prefix=f"TRUCE_{service.upper()}_"))


if __name__ == "__main__":
    asyncio.run(migrate_all(sys.argv[1:]))
