"""Who may see and answer an offer: the person asked, that person's supervisor, and the dispatcher on the phone, unless
its incident is restricted and kept from dispatchers.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Asked:
    interrupter_id: UUID
    organization_id: UUID
    restricted: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """`worker`: the caller's own record, if they have one. `supervises`: the organization they supervise."""

    worker: UUID | None
    supervises: UUID | None
    is_dispatcher: bool
    sees_restricted: bool


def may_answer(caller: Asking, asked: Asked) -> bool:
    supervises = caller.supervises is not None and caller.supervises == asked.organization_id
    dispatches = caller.is_dispatcher and (caller.sees_restricted or not asked.restricted)
    return dispatches or supervises or caller.worker == asked.interrupter_id
