"""What is known of each source that reports, and never older than a second: a report costs no look-up of its own.

So a source that is revoked, or whose limit changes, is treated so within a second everywhere. A limit counts what is
stored, of all processes together, and between two looks what this process lets in. Refusing somebody is noted in their
row, once per look, for the office to see.
"""

from dataclasses import dataclass

from services.intake.domain.sources import Trust
from services.intake.metrics import REFUSED_SOURCES
from services.intake.queries.sources import KnownSource, note_refusal, read_known
from shared.kernel.errors import NotAllowed, TooMany
from shared.persistence.database import Database
from shared.runtime.kept_fresh import KeptFresh

NO_OLDER_THAN_S = 1.0
_KEPT = 1000


@dataclass
class _Page:
    """`left`: how many reports may still come in before the next look; None is any number."""

    known: KnownSource | None
    left: int | None
    refusal_is_noted: bool = False


class SourceBook:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._pages: dict[str, KeptFresh[_Page]] = {}

    async def admit(self, source: str) -> KnownSource | None:
        """For one report; None is a source nobody has heard of yet. Raises NotAllowed or TooMany."""
        page = await self._page(source)
        await self._refuse_revoked(source, page)
        if page.known is None:
            return None
        if page.left == 0:
            await self._refuse(source, page, "rate_limit")
            raise TooMany("This source has sent as many reports in a minute as it may.", wait_s=page.known.wait_s)
        if page.left is not None:
            page.left -= 1
        return page.known

    async def let_read(self, source: str) -> None:
        """What became of what it said. Raises NotAllowed."""
        await self._refuse_revoked(source, await self._page(source))

    async def _refuse_revoked(self, source: str, page: _Page) -> None:
        if page.known is not None and page.known.is_revoked:
            await self._refuse(source, page, "revoked")
            raise NotAllowed("This source was revoked by the programme office.")

    async def _page(self, source: str) -> _Page:
        if source not in self._pages and len(self._pages) >= _KEPT:
            self._pages = {name: page for name, page in self._pages.items() if not page.is_old}
        if source not in self._pages:
            self._pages[source] = KeptFresh(lambda _: self._look_up(source), for_s=NO_OLDER_THAN_S)
        return await self._pages[source].get()

    async def _look_up(self, source: str) -> _Page:
        async with self._db.transaction() as tx:
            known = await read_known(tx, source)
        return _Page(known, None if known is None else known.left)

    async def _refuse(self, source: str, page: _Page, reason: str) -> None:
        REFUSED_SOURCES.labels(reason).inc()
        if page.refusal_is_noted:
            return
        page.refusal_is_noted = True
        async with self._db.transaction() as tx:
            await note_refusal(tx, source, reason)


def trust_of(known: KnownSource | None) -> Trust:
    """Who was never heard of is trusted as its kind is."""
    return Trust.BY_KIND if known is None else known.trust
