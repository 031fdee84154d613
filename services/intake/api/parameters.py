"""What intake's routes have in common: who may call them, and the programme in force."""

from typing import Annotated

from fastapi import Depends, Request

from services.intake.current_programme import CurrentProgramme, InForce
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role

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
