"""The programme's rules for follow-ups: read from its file or from the database by the same strict model.

A mistake in the data is said with its place when it is loaded; it never surfaces as a wrong decision about an incident.
Sections of `programme.json` that belong to other services are left to them.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from services.casework.domain.follow_ups import Condition, Fact, Rule, Trigger, Unactivated
from shared.kernel.vocabulary import IncidentKind

_A_YEAR_S = 366 * 86_400
_Kind = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]


class ProgrammeUnusable(ValueError):
    """The programme's data cannot be loaded; the text says where and why, one line each."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Condition(_Section):
    kinds: tuple[IncidentKind, ...] = Field(min_length=1)
    and_any: Annotated[tuple[Fact, ...], Field(min_length=1)] | None = None

    def condition(self) -> Condition:
        return Condition(frozenset(self.kinds), frozenset(self.and_any or ()))


class _Unactivated(_Section):
    kinds: tuple[IncidentKind, ...] = Field(min_length=1)
    max_age_s: int = Field(gt=0, le=_A_YEAR_S, strict=True)

    def unactivated(self) -> Unactivated:
        return Unactivated(frozenset(self.kinds), timedelta(seconds=self.max_age_s))


class _FollowUp(_Section):
    on: Trigger
    due_within_s: int = Field(gt=0, le=_A_YEAR_S, strict=True)
    when_any: Annotated[tuple[_Condition, ...], Field(min_length=1)] | None = None
    again_when_it_becomes: Annotated[tuple[IncidentKind, ...], Field(min_length=1)] | None = None
    also_unactivated: _Unactivated | None = None

    @field_validator("also_unactivated")
    @classmethod
    def _not_from_the_activation(cls, value: _Unactivated | None, info: ValidationInfo) -> _Unactivated | None:
        if value is not None and info.data.get("on") is Trigger.ACTIVATED:
            raise ValueError("cannot be due from an activation")
        return value

    def rule(self, kind: str) -> Rule:
        conditions = tuple(condition.condition() for condition in self.when_any or ())
        again_for = frozenset(self.again_when_it_becomes or ())
        unactivated = None if self.also_unactivated is None else self.also_unactivated.unactivated()
        return Rule(kind, self.on, timedelta(seconds=self.due_within_s), conditions, again_for, unactivated)


class _Programme(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: _Kind
    time_zone: str
    follow_ups: dict[_Kind, _FollowUp]

    @field_validator("time_zone")
    @classmethod
    def _a_known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, LookupError):
            raise ValueError("is not a known time zone") from None
        return value


@dataclass(frozen=True, slots=True)
class Programme:
    """`stored` is the rules as JSON, in one spelling for one meaning, so that loading the same again is seen."""

    programme_id: str
    time_zone: str
    rules: tuple[Rule, ...]
    stored: dict[str, Any]


def read_programme(folder: Path) -> Programme:
    """Reads `programme.json`. Raises ProgrammeUnusable."""
    path = folder / "programme.json"
    try:
        file = _Programme.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ProgrammeUnusable(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        raise ProgrammeUnusable("\n".join(f"{path}: {line}" for line in _lines(error))) from error
    stored = {kind: each.model_dump(mode="json", exclude_none=True) for kind, each in sorted(file.follow_ups.items())}
    return Programme(file.id, file.time_zone, rules_of(stored), stored)


def rules_of(stored: dict[str, Any]) -> tuple[Rule, ...]:
    """From JSON as it was stored."""
    return tuple(_FollowUp.model_validate(each).rule(kind) for kind, each in sorted(stored.items()))


def _lines(error: ValidationError) -> list[str]:
    return [
        f"{'/'.join(str(part) for part in item['loc']) or 'the file'}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False)
    ]
