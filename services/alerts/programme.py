"""The programme's data as alerts uses it: contractors with their coverage, and the dispatch policy.

A mistake in the data is said in one line with file and place, and nothing of it is loaded; it never surfaces as a
wrong decision about an incident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from services.alerts.domain.organizations import NewOrganization
from services.alerts.domain.terms import Term, term_faults
from services.alerts.policy_file import PolicyFile
from services.alerts.programme_files import ProgrammeUnusable, Section, read_file
from shared.contracts.fields import AreaId, PublicName


class _Coverage(Section):
    community: AreaId
    from_day: date
    until_day: date | None = None


class _Organization(Section):
    id: UUID
    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    name: PublicName
    subcontractor_of: UUID | None = None
    coverage: tuple[_Coverage, ...] = Field(max_length=1000)

    def wanted(self) -> NewOrganization:
        terms = tuple(Term(one.community, one.from_day, one.until_day) for one in self.coverage)
        return NewOrganization(self.id, self.name, self.subcontractor_of, terms)

    @model_validator(mode="after")
    def _coverage_can_be_kept(self) -> "_Organization":
        if faults := term_faults(self.wanted().coverage, "/coverage"):
            raise ValueError(f"{faults[0].pointer} {faults[0].detail}".lstrip())
        return self


class _OrganizationsFile(Section):
    organizations: tuple[_Organization, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_is_itself(self) -> "_OrganizationsFile":
        for field in ("id", "slug", "name"):
            if len({getattr(one, field) for one in self.organizations}) < len(self.organizations):
                raise ValueError(f"two organizations have the same {field}")
        return self

    def main_contractors_first(self) -> tuple[NewOrganization, ...]:
        """Raises ValueError when a main contractor is not in the file, or is its own subcontractor in the end."""
        waiting = [one.wanted() for one in self.organizations]
        placed: list[NewOrganization] = []
        while waiting:
            known = {None, *(one.id for one in placed)}
            ready = [one for one in waiting if one.subcontractor_of in known]
            if not ready:
                raise ValueError("a subcontractor_of leads to no main contractor in this file")
            placed += ready
            waiting = [one for one in waiting if one not in ready]
        return tuple(placed)


class _Activation(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    max_age_s: int = Field(gt=0)


class _ProgrammeFile(BaseModel):
    """Sections of `programme.json` that belong to other services are left to them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    time_zone: str
    activation: _Activation

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is no time zone that is known here") from None
        return value


@dataclass(frozen=True, slots=True)
class Programme:
    """`policy_body` is what is stored: the policy file, with the time zone and the activation's age limit."""

    organizations: tuple[NewOrganization, ...]
    policy_name: str
    policy_body: Mapping[str, Any]


def read_programme(folder: Path, policy_file: Path | None = None) -> Programme:
    """`policy_file`: instead of the folder's own `dispatch_policy.json`. Raises ProgrammeUnusable."""
    programme = read_file(folder / "programme.json", _ProgrammeFile)
    policy = read_file(policy_file or folder / "dispatch_policy.json", PolicyFile)
    organizations = read_file(folder / "organizations.json", _OrganizationsFile)
    try:
        ordered = organizations.main_contractors_first()
    except ValueError as error:
        raise ProgrammeUnusable(f"organizations.json: {error}") from None
    body = policy.body()
    body |= {"time_zone": programme.time_zone, "activation_max_age_s": programme.activation.max_age_s}
    return Programme(ordered, policy.name, body)
