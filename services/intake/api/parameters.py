"""What intake's routes have in common: who may call them, and the programme in force."""

from typing import Annotated

from fastapi import Depends, Request

from services.intake.current_programme import CurrentProgramme, InForce
from services.intake.queries.incidents import NO_SUCH_INCIDENT, is_for_all
from services.intake.source_book import SourceBook
from services.intake.usecases.decided import Decider
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.auth.restricted import allow_seen
from shared.kernel.vocabulary import Decider as DecidedAs

STAFF = (Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE)
OFFICE = (*STAFF, Role.AUDITOR)
_allow_seen = allow_seen(is_for_all, NO_SUCH_INCIDENT)

Reporter = Annotated[Principal, allow(Role.SOURCE, *STAFF)]
# On routes about one incident these keep a restricted one from whoever may not see it.
Office = Annotated[Principal, _allow_seen(*OFFICE)]
Dispatcher = Annotated[Principal, _allow_seen(Role.DISPATCHER, Role.SUPERVISOR)]
Lead = Annotated[Principal, _allow_seen(Role.SUPERVISOR, Role.PROGRAM_OFFICE)]


async def in_force_now(request: Request) -> InForce:
    programmes: CurrentProgramme = request.app.state.programmes
    return await programmes.get()


InForceNow = Annotated[InForce, Depends(in_force_now)]


def book_of(request: Request) -> SourceBook:
    book: SourceBook = request.app.state.source_book
    return book


async def _source_that_may_read(principal: Reporter, request: Request) -> Principal:
    await book_of(request).let_read(principal.subject)
    return principal


async def _office_or_source(
    principal: Annotated[Principal, _allow_seen(Role.SOURCE, *OFFICE)], request: Request
) -> Principal:
    if not principal.has(*OFFICE):
        await book_of(request).let_read(principal.subject)
    return principal


# Whoever reads as a source, unless it was revoked.
OwnReader = Annotated[Principal, Depends(_source_that_may_read)]
OfficeOrSource = Annotated[Principal, Depends(_office_or_source)]


def decider(principal: Principal, reason: str | None = None) -> Decider:
    """Who decides here, as what. Whoever is both decides as dispatcher."""
    office = DecidedAs.DISPATCHER if principal.has(Role.DISPATCHER) else DecidedAs.SUPERVISOR
    return Decider(principal.subject, office, reason)
