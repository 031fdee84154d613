"""What intake's routes have in common: who may call them, and the programme in force."""

from typing import Annotated

from fastapi import Depends, Request

from services.intake.current_programme import CurrentProgramme, InForce
from services.intake.usecases.decided import Decider
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.vocabulary import Decider as DecidedAs

STAFF = (Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE)
OFFICE = (*STAFF, Role.AUDITOR)

Reporter = Annotated[Principal, allow(Role.SOURCE, *STAFF)]
Office = Annotated[Principal, allow(*OFFICE)]
OfficeOrSource = Annotated[Principal, allow(Role.SOURCE, *OFFICE)]
Dispatcher = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR)]


async def _in_force(request: Request) -> InForce:
    programmes: CurrentProgramme = request.app.state.programmes
    return await programmes.get()


InForceNow = Annotated[InForce, Depends(_in_force)]


def decider(principal: Principal, reason: str | None = None) -> Decider:
    """Who decides here, as what. Whoever is both decides as dispatcher."""
    office = DecidedAs.DISPATCHER if principal.has(Role.DISPATCHER) else DecidedAs.SUPERVISOR
    return Decider(principal.subject, office, reason)
