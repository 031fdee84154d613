"""Who reports: the caller as the book of sources knows them. Whoever was revoked, or sends too much, is refused."""

from typing import Annotated

from fastapi import Depends, Request

from services.intake.api.parameters import STAFF, Reporter, book_of
from services.intake.api.report_body import ReportSaid
from services.intake.domain.report import Report
from services.intake.domain.sources import NotTheirs, Speaker, UnknownSource, source_of
from services.intake.queries.sources import KnownSource
from services.intake.source_book import trust_of
from services.intake.usecases.register_source import register_if_new
from shared.auth.principal import Principal
from shared.kernel.errors import FieldError, Invalid, NotAllowed
from shared.kernel.vocabulary import SourceKind
from shared.persistence.transaction import Transaction


class Speaking:
    """A caller admitted for one report."""

    def __init__(self, principal: Principal, known: KnownSource | None) -> None:
        self.principal = principal
        self._known = known

    def report(self, said: ReportSaid, raw: bytes) -> Report:
        """Raises NotAllowed and Invalid. `raw` is the body that `said` was parsed from."""
        if said.restricted and not self.principal.has(*STAFF):
            raise Invalid(FieldError("/restricted", "is for the programme's staff only"))
        return said.by(self.speaker(said.on_behalf_of), raw)

    def speaker(self, on_behalf_of: SourceKind | None) -> Speaker:
        """Raises NotAllowed and Invalid."""
        match source_of(self._claimed(), on_behalf_of, staff=self.principal.has(*STAFF)):
            case UnknownSource():
                raise NotAllowed("This token does not say what kind of source it belongs to.")
            case NotTheirs():
                raise Invalid(FieldError("/on_behalf_of", "is for the programme's staff only"))
            case kind:
                return Speaker(self.principal.subject, kind, trust_of(self._known), is_new=self._known is None)

    @property
    def is_known(self) -> bool:
        """Not with its first report."""
        return self._known is not None

    async def register_if_new(self, tx: Transaction) -> None:
        await register_if_new(tx, self.speaker(None))

    def _claimed(self) -> str | None:
        """What the office registered; of who registered by itself, what the token says."""
        if self._known is not None and self._known.by_the_office:
            return self._known.kind
        return self.principal.source_kind


async def _speaking(request: Request, principal: Reporter) -> Speaking:
    return Speaking(principal, await book_of(request).admit(principal.subject))


SpeakingNow = Annotated[Speaking, Depends(_speaking)]
