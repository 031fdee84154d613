"""The stand-in: while the engine is missed, the `api` process sends what is queued and repeats pages.

Without it the page that says "the engine is dead" would wait for the engine. Deadlines stay the engine's. It works
beside an engine that is only late: each message is claimed by one of them.
"""

import asyncio
from collections.abc import Sequence

from services.alerts.audit.look import Auditor
from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.response_link import links_of
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.delivery.send import Sender
from services.alerts.delivery.text_sender import text_sender
from services.alerts.delivery.transport import AiohttpTransport
from services.alerts.settings import AlertsSettings
from services.alerts.usecases.paging.repeat_unacknowledged_page import repeat_unacknowledged_page
from shared.observability.logs import get_logger
from shared.persistence.database import Database

_LOOK_EVERY_S = 0.5
_REPEAT_EVERY_S = 1.0
# Longer than it takes to find the engine late again: an engine that only beats must not make it come and go.
STAYS_S = 60.0
log = get_logger(__name__)


class StandIn:
    def __init__(self, db: Database, settings: AlertsSettings, auditor: Auditor) -> None:
        self._db = db
        self._settings = settings
        self._auditor = auditor

    async def run(self) -> None:
        """Never returns."""
        while True:
            if self._auditor.engine_is_missed:
                log.error("stand_in.sends")
                await self._send_until_the_engine_is_back()
                log.info("stand_in.ends")
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _send_until_the_engine_is_back(self) -> None:
        async with AiohttpTransport(AddressGuard(self._settings.webhook_allowed_networks)) as transport:
            box, links = SecretBox(self._settings.secrets_key_bytes), links_of(self._settings)
            sender = Sender(self._db, transport, box, links, text_sender(self._db, self._settings))
            works = [asyncio.ensure_future(work) for work in (sender.run(asyncio.Event()), self._repeat_pages())]
            try:
                await self._while_missed(works)
            finally:
                for work in works:
                    work.cancel()
                await asyncio.wait(works)
                await sender.drain()

    async def _while_missed(self, works: Sequence["asyncio.Future[None]"]) -> None:
        """Also ends when one of them failed, after saying so; the next look begins afresh."""
        loop = asyncio.get_running_loop()
        missed_at = loop.time()
        while loop.time() - missed_at < STAYS_S:
            if self._auditor.engine_is_missed:
                missed_at = loop.time()
            failed, _ = await asyncio.wait(works, timeout=_LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            if failed:
                log.error("stand_in.defect", exc_info=failed.pop().exception())
                return

    async def _repeat_pages(self) -> None:
        while True:
            while await self._db.retrying(repeat_unacknowledged_page):
                pass
            await asyncio.sleep(_REPEAT_EVERY_S)
