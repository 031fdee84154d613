"""How one person stands towards a role of a dispatch now: the facts that the rules of asking judge everybody by."""

from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.candidates import Candidate, Need
from services.alerts.domain.policy import Policy
from services.alerts.queries.candidates import About, candidate, covering_organizations
from services.alerts.queries.dispatches import Dispatch
from shared.kernel.geo import Point
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Transaction


@dataclass(frozen=True)
class Standing:
    candidate: Candidate
    need: Need
    policy: Policy


async def standing(tx: Transaction, dispatch: Dispatch, role: DispatchRole, interrupter_id: UUID) -> Standing | None:
    """None if there is nobody of that id."""
    found = await candidate(tx, interrupter_id, about(dispatch, role))
    if found is None:
        return None
    return Standing(found, await need_of(tx, dispatch, role), dispatch.policy)


def about(dispatch: Dispatch, role: DispatchRole) -> About:
    place = dispatch.row.incident["place"]
    return About(
        incident_id=dispatch.incident_id,
        role=role,
        community=dispatch.row.community,
        time_zone=dispatch.row.policy["time_zone"],
        place=Point(place["lat"], place["lon"]),
        exercise=dispatch.is_exercise,
    )


async def need_of(tx: Transaction, dispatch: Dispatch, role: DispatchRole) -> Need:
    """What is needed at this moment: coverage is of today."""
    community, zone = dispatch.row.community, dispatch.row.policy["time_zone"]
    covering = await covering_organizations(tx, community=community, time_zone=zone)
    return Need(role=role, community=community, covering=covering, at=await tx.now())
