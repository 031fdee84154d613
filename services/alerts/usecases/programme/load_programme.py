"""A programme's contractors and policy are brought into the database; loading the same again changes nothing."""

from dataclasses import dataclass

from services.alerts.domain.organizations import NewOrganization
from services.alerts.programme import Programme
from services.alerts.tables import OrganizationRow
from services.alerts.usecases.programme.load_policy import LoadedPolicy, load_policy
from services.alerts.usecases.workforce.change_coverage import change_coverage
from services.alerts.usecases.workforce.correct_organization import correct_organization
from services.alerts.usecases.workforce.register_organization import register_organization
from shared.persistence.transaction import Transaction


@dataclass(frozen=True)
class Loaded:
    registered: int
    changed: int
    unchanged: int
    policy: LoadedPolicy


async def load_programme(tx: Transaction, programme: Programme) -> Loaded:
    """An organization that the programme no longer names is left as it is: its coverage has to be ended by a day."""
    outcomes = [await _load(tx, organization) for organization in programme.organizations]
    policy = await load_policy(tx, programme.policy_name, programme.policy_body)
    return Loaded(
        registered=outcomes.count("registered"),
        changed=outcomes.count("changed"),
        unchanged=outcomes.count("unchanged"),
        policy=policy,
    )


async def _load(tx: Transaction, organization: NewOrganization) -> str:
    if await tx.get(OrganizationRow, organization.id) is None:
        await register_organization(tx, organization)
        return "registered"
    corrected = await correct_organization(
        tx, organization.id, name=organization.name, subcontractor_of=organization.subcontractor_of
    )
    _, recovered = await change_coverage(tx, organization.id, organization.coverage)
    return "changed" if corrected or recovered else "unchanged"
