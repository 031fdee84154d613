"""The programme's data as alerts uses it: contractors with their coverage, and the dispatch policy.

A mistake in the data is said in one line with file and place, and nothing of it is loaded; it never surfaces as a
wrong decision about an incident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from services.alerts.domain.organizations import NewOrganization
from services.alerts.domain.policy import Policy
from services.alerts.domain.terms import Term, term_faults
from services.alerts.responder_terms import ResponderFields
from shared.contracts.fields import AreaId, Code, PublicName
from shared.kernel.vocabulary import DispatchRole

_A_MONTH_S = 31 * 86_400
Seconds = Annotated[float, Field(ge=0, le=_A_MONTH_S, allow_inf_nan=False)]
People = Annotated[int, Field(ge=1, le=20)]
M = TypeVar("M", bound=BaseModel)


class ProgrammeUnusable(ValueError):
    """The programme's data cannot be loaded; the text says which file and where in it, in one line."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Coverage(_Section):
    community: AreaId
    from_day: date
    until_day: date | None = None


class _Organization(_Section):
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
            raise ValueError(f"{faults[0].pointer} {faults[0].detail}")
        return self


class _OrganizationsFile(_Section):
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


class _PolicyFile(ResponderFields, _Section):
    """Waits in seconds. `targets` are for reporting; they are kept with the policy that they judge."""

    name: Code
    roles: dict[DispatchRole, People] = Field(min_length=1)
    parallel_offers: People
    acknowledge_within_s: float = Field(gt=0, le=_A_MONTH_S)
    accept_within_s: float = Field(gt=0, le=_A_MONTH_S)
    undelivered_after_s: float = Field(gt=0, le=_A_MONTH_S)
    location_max_age_s: Seconds
    rest_s: Seconds
    radius_m: float | None = Field(gt=0, allow_inf_nan=False)
    page_repeat_s: int = Field(ge=1, le=_A_MONTH_S)
    targets: dict[Code, Seconds]

    @model_validator(mode="after")
    def _acknowledged_before_accepted(self) -> "_PolicyFile":
        if self.acknowledge_within_s > self.accept_within_s:
            raise ValueError("acknowledge_within_s is longer than accept_within_s")
        return self


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
    programme = _read(folder / "programme.json", _ProgrammeFile)
    policy = _read(policy_file or folder / "dispatch_policy.json", _PolicyFile)
    organizations = _read(folder / "organizations.json", _OrganizationsFile)
    try:
        ordered = organizations.main_contractors_first()
    except ValueError as error:
        raise ProgrammeUnusable(f"organizations.json: {error}") from None
    body = policy.model_dump(mode="json")
    body |= {"time_zone": programme.time_zone, "activation_max_age_s": programme.activation.max_age_s}
    return Programme(ordered, policy.name, body)


def policy_of(name: str, version: int, body: Mapping[str, Any]) -> Policy:
    """From a stored body. Total for bodies that `read_programme` made."""
    return Policy(
        name=name,
        version=version,
        roles={DispatchRole(role): count for role, count in body["roles"].items()},
        parallel_offers=body["parallel_offers"],
        acknowledge_within=timedelta(seconds=body["acknowledge_within_s"]),
        accept_within=timedelta(seconds=body["accept_within_s"]),
        undelivered_after=timedelta(seconds=body["undelivered_after_s"]),
        location_max_age=timedelta(seconds=body["location_max_age_s"]),
        rest=timedelta(seconds=body["rest_s"]),
        radius_m=body["radius_m"],
        page_repeat=timedelta(seconds=body["page_repeat_s"]),
        activation_max_age=timedelta(seconds=body["activation_max_age_s"]),
    )


def _read(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ProgrammeUnusable(f"{path.name}: {error.strerror}") from None
    except ValidationError as error:
        raise ProgrammeUnusable(f"{path.name}: {_in_one_line(error)}") from None


def _in_one_line(error: ValidationError) -> str:
    """The first fault with its place, and how many more there are."""
    first, *others = error.errors(include_input=False, include_url=False)
    place = "".join(f"/{part}" for part in first["loc"])
    more = f" (and {len(others)} more)" if others else ""
    return f"{place} {first['msg'].removeprefix('Value error, ')}{more}".strip()
