"""Whether people would be asked now about an incident in a community: by the very rules of a decision."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.alerts.domain.candidates import Need
from services.alerts.domain.eligibility import left_out
from services.alerts.policies import general_policy
from services.alerts.queries.candidates import About, candidates_among, covering_organizations
from services.alerts.queries.policies import policy_in_force
from shared.kernel.geo import Point
from shared.kernel.vocabulary import DispatchRole, LeftOut
from shared.persistence.transaction import Transaction

_NO_INCIDENT = UUID(int=0)
# How far somebody is matters to their place in a ranking, and to none of the rules.
_NOWHERE = Point(0.0, 0.0)


async def left_out_now(
    tx: Transaction, community: str, ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[DispatchRole, LeftOut | None]]:
    """Of each person and role why they would not be asked, or None. By the general terms of the policy in force;
    without a policy nobody is asked for anything.
    """
    stored = await policy_in_force(tx)
    if stored is None:
        return {}
    policy, zone = general_policy(stored["name"], stored["version"], stored["body"]), stored["body"]["time_zone"]
    about = About(_NO_INCIDENT, DispatchRole.SCENE, community, zone, _NOWHERE)
    covering, now = await covering_organizations(tx, community=community, time_zone=zone), await tx.now()
    return {
        person.interrupter_id: {
            role: left_out(person, Need(role, community, covering, now), policy) for role in DispatchRole
        }
        for person in await candidates_among(tx, ids, about)
    }
