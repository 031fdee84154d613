"""`/v1/operations`: what the command line shows and mends, over HTTP, the same for every service.

Reading is for `admin` and `auditor`, acting and seeing what was sent for `admin` alone.
"""

from collections.abc import Sequence

from fastapi import APIRouter

from shared.messaging.queues import MoreQueues, no_more_queues
from shared.messaging.subscriptions import Subscriptions
from shared.web.alarms import alarms_router
from shared.web.operations.consumer import consumer_router
from shared.web.operations.dead_letters import dead_letters_router
from shared.web.operations.outbox import outbox_router
from shared.web.operations.status import status_router


def operations_routers(
    service: str, subscriptions: Subscriptions, *, roles: Sequence[str], queues: MoreQueues = no_more_queues
) -> list[APIRouter]:
    """`roles`: the processes that the service must have. `queues`: what `status` tells of beside the rest."""
    return [
        status_router(service, roles, queues),
        outbox_router(service),
        consumer_router(service),
        dead_letters_router(service, subscriptions),
        alarms_router(service),
    ]
