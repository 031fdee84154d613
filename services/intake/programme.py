"""The programme's data as intake uses it: read once at start, checked whole, frozen afterwards.

A mistake in the data stops the start with the file's name; it never surfaces as a wrong decision about an incident.
Sections of `programme.json` that belong to other services are left to them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.intake.area_files import areas_of
from services.intake.area_sets import AreaSet
from services.intake.domain.activation import ActivationPolicy
from services.intake.domain.sameness import SamenessRule
from services.intake.domain.screening import Exclusion
from services.intake.feeds.dc_offences import City
from shared.kernel.vocabulary import AreaKind, IncidentKind, Relationship, SourceKind


class ProgrammeUnusable(ValueError):
    """The programme's data cannot be served; the text says which part."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Bounds(_Section):
    south: float = Field(ge=-90, le=90)
    west: float = Field(ge=-180, le=180)
    north: float = Field(ge=-90, le=90)
    east: float = Field(ge=-180, le=180)


class _AreaFile(_Section):
    kind: AreaKind
    file: str
    effective_from: date


class _Activation(_Section):
    trusted_sources: frozenset[SourceKind]
    kinds: frozenset[IncidentKind]
    max_age_s: int = Field(gt=0)
    max_future_skew_s: int = Field(ge=0)


class _OutOfScope(_Section):
    """At least one of the two; both mean both together."""

    relationships: frozenset[Relationship] = frozenset()
    kinds: frozenset[IncidentKind] = frozenset()
    route: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    tell_the_caller: str

    @model_validator(mode="after")
    def _names_something(self) -> "_OutOfScope":
        if not self.relationships and not self.kinds:
            raise ValueError("an out-of-scope rule names neither relationships nor kinds")
        return self


class _Screening(_Section):
    out_of_scope: tuple[_OutOfScope, ...]
    texts: dict[str, str]

    @model_validator(mode="after")
    def _every_caller_is_told_something(self) -> "_Screening":
        if any(rule.tell_the_caller not in self.texts for rule in self.out_of_scope):
            raise ValueError("an out-of-scope rule has no text for the caller")
        return self


class _Verification(_Section):
    unverified_after_s: int = Field(gt=0)


class _Sameness(_Section):
    """When two accounts are one event; see the service's README for how the numbers were found."""

    certain_within_s: int = Field(default=600, ge=0)
    certain_within_m: float = Field(default=250, ge=0, allow_inf_nan=False)
    possible_within_s: int = Field(default=3600, ge=0, le=86_400)
    possible_within_m: float = Field(default=600, ge=0, le=2000)
    late_by_s: dict[SourceKind, Annotated[int, Field(ge=0, le=86_400)]] = {SourceKind.POLICE: 16_680}

    @model_validator(mode="after")
    def _certain_is_possible(self) -> "_Sameness":
        if self.certain_within_s > self.possible_within_s or self.certain_within_m > self.possible_within_m:
            raise ValueError("what is certainly the same must also be possibly the same")
        return self

    def rule(self) -> SamenessRule:
        return SamenessRule(
            certain_within=timedelta(seconds=self.certain_within_s),
            certain_within_m=self.certain_within_m,
            possible_within=timedelta(seconds=self.possible_within_s),
            possible_within_m=self.possible_within_m,
            late={kind: timedelta(seconds=seconds) for kind, seconds in self.late_by_s.items()},
        )


class _ProgrammeFile(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    name: str
    time_zone: str
    bounds: _Bounds
    areas: tuple[_AreaFile, ...] = Field(min_length=1)
    nearest_community_within_m: float = Field(ge=0, allow_inf_nan=False)
    activation: _Activation
    screening: _Screening
    # Programmes that were loaded before there were these say nothing.
    verification: _Verification = _Verification(unverified_after_s=900)
    sameness: _Sameness = _Sameness()


@dataclass(frozen=True, slots=True)
class Programme:
    """`caller_texts` maps the code in an out-of-scope decision to what the caller is told. After
    `unverified_after` a dispatcher is asked about what nobody has verified.
    """

    programme_id: str
    name: str
    city: City
    nearest_community_within_m: float
    activation: ActivationPolicy
    exclusions: tuple[Exclusion, ...]
    caller_texts: dict[str, str]
    unverified_after: timedelta
    sameness: SamenessRule


def load_programme(folder: Path) -> Programme:
    """Read `programme.json` and the area files it names. Raises ProgrammeUnusable."""
    return _read(folder)[1]


def read_programme(folder: Path) -> dict[str, Any]:
    """The folder as the one JSON document in which intake keeps it: intake's sections, and the areas' files whole.

    Equal folders give equal documents. Raises ProgrammeUnusable.
    """
    return _read(folder)[0]


def _read(folder: Path) -> tuple[dict[str, Any], Programme]:
    try:
        sections = json.loads((folder / "programme.json").read_bytes())
        file = _ProgrammeFile.model_validate(sections)
        document = {
            "sections": {name: sections[name] for name in _ProgrammeFile.model_fields if name in sections},
            "collections": {listed.file: json.loads((folder / listed.file).read_bytes()) for listed in file.areas},
        }
        return document, _checked(document)
    except (OSError, ValueError) as error:
        raise ProgrammeUnusable(f"{folder.name}: {error}") from error


def _checked(document: Mapping[str, Any]) -> Programme:
    """Its areas too. Raises ProgrammeUnusable, AreasUnusable."""
    programme = programme_of(document)
    for name, one in sets_of(document):
        areas_of(one.collection, one.kind, name, programme.city)
    return programme


def programme_of(document: Mapping[str, Any]) -> Programme:
    """Raises ProgrammeUnusable."""
    try:
        file = _ProgrammeFile.model_validate(document["sections"])
        zone = ZoneInfo(file.time_zone)
        city = City(zone, file.bounds.south, file.bounds.west, file.bounds.north, file.bounds.east)
    except (ZoneInfoNotFoundError, KeyError, ValueError) as error:
        raise ProgrammeUnusable(str(error)) from error
    return Programme(
        programme_id=file.id,
        name=file.name,
        city=city,
        nearest_community_within_m=file.nearest_community_within_m,
        activation=_activation(file.activation),
        exclusions=tuple(
            Exclusion(rule.route, rule.tell_the_caller, rule.relationships, rule.kinds)
            for rule in file.screening.out_of_scope
        ),
        caller_texts=file.screening.texts,
        unverified_after=timedelta(seconds=file.verification.unverified_after_s),
        sameness=file.sameness.rule(),
    )


def sets_of(document: Mapping[str, Any]) -> list[tuple[str, AreaSet]]:
    """The sets of areas that a programme brings in, each with its file's name."""
    listed = [_AreaFile.model_validate(one) for one in document["sections"]["areas"]]
    return [
        (Path(one.file).name, AreaSet(one.kind, one.effective_from, document["collections"][one.file]))
        for one in listed
    ]


def _activation(section: _Activation) -> ActivationPolicy:
    return ActivationPolicy(
        trusted_sources=section.trusted_sources,
        kinds=section.kinds,
        max_age=timedelta(seconds=section.max_age_s),
        max_future_skew=timedelta(seconds=section.max_future_skew_s),
    )
