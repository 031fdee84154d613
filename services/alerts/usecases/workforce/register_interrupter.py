"""An interrupter becomes known: whose, for which roles, from which home base, licensed where."""

from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.terms import Term, term_faults
from services.alerts.domain.visibility import Viewer, may_register_interrupter
from services.alerts.domain.workforce import employment_fault, team_fault
from services.alerts.queries.licences import replace_licences
from services.alerts.queries.workers import worker_snapshot
from services.alerts.tables import InterrupterRow, OrganizationRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.workforce.change_record import Profile
from shared.contracts.events.workers import WorkerRegistered
from shared.kernel.errors import AlreadyExists, FieldError, Invalid
from shared.kernel.geo import Point
from shared.kernel.vocabulary import DispatchRole
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_REGISTER = """
INSERT INTO interrupters (id, version, organization_id, call_sign, roles, team_community, floater, active, on_duty,
                          available_since, duty_word, duty_word_at, home_lat, home_lon, languages,
                          employment, weekly_hours)
VALUES (:id, 1, :organization_id, :call_sign, CAST(:roles AS text[]), :team_community, :floater, true, :on_duty,
        app_now(), nullif(:on_duty, false), CASE WHEN :on_duty THEN app_now() END, :home_lat, :home_lon,
        CAST(:languages AS text[]), :employment, :weekly_hours)
ON CONFLICT DO NOTHING
RETURNING *
"""
_ON_DUTY = "INSERT INTO duty_spans (interrupter_id, began_at) VALUES (:id, app_now())"


@dataclass(frozen=True)
class NewInterrupter:
    id: UUID
    organization_id: UUID
    call_sign: str
    roles: frozenset[DispatchRole]
    team_community: str | None
    floater: bool
    home: Point
    licences: tuple[Term, ...]
    on_duty: bool
    profile: Profile


async def register_interrupter(tx: Transaction, viewer: Viewer, new: NewInterrupter, by: str) -> InterrupterRow:
    """`by`: whoever grants the licences. Raises AlreadyExists for a known id or call sign, Invalid for what cannot be
    kept.
    """
    await _refuse_faults(tx, viewer, new)
    await ask_to_reconsider(tx)
    found = await tx.row_or_none(
        _REGISTER,
        id=new.id,
        organization_id=new.organization_id,
        call_sign=new.call_sign,
        roles=[role for role in DispatchRole if role in new.roles],
        team_community=new.team_community,
        floater=new.floater,
        on_duty=new.on_duty,
        home_lat=new.home.lat,
        home_lon=new.home.lon,
        languages=list(new.profile.languages),
        employment=new.profile.employment.value,
        weekly_hours=new.profile.weekly_hours,
    )
    if found is None:
        raise AlreadyExists("an interrupter with this id or call sign is registered")
    await replace_licences(tx, new.id, new.licences, by)
    if new.on_duty:
        await tx.run(_ON_DUTY, id=new.id)
    row = InterrupterRow(**found)
    await publish(tx, WorkerRegistered(at=await tx.now(), worker=await worker_snapshot(tx, row)))
    return row


async def _refuse_faults(tx: Transaction, viewer: Viewer, new: NewInterrupter) -> None:
    """A foreign organization looks like an unknown one."""
    faults = [*term_faults(new.licences, "/licences")]
    if fault := team_fault(new.team_community, floater=new.floater):
        faults.append(fault)
    if fault := employment_fault(new.profile.employment, new.profile.weekly_hours):
        faults.append(fault)
    allowed = may_register_interrupter(viewer, new.organization_id)
    if not allowed or await tx.get(OrganizationRow, new.organization_id) is None:
        faults.append(FieldError("/organization_id", "is not a registered organization"))
    if faults:
        raise Invalid(*faults)
