"""The part of a programme's data that numbers need, read and checked whole before any of it is used."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.reporting.domain.milestones import TARGETS
from shared.kernel.errors import Refused

T = TypeVar("T", bound=BaseModel)


class ProgrammeUnusable(Refused):
    """The files cannot be used; the text names the file and the field."""

    slug = "programme-unusable"


@dataclass(frozen=True)
class Programme:
    """`targets_s`: milestone → within how many seconds of activation. A milestone may have none."""

    programme_id: str
    time_zone: str
    targets_s: dict[str, float]


class _ProgrammeFile(BaseModel):
    """Sections of other services are left to them."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    time_zone: str = Field(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")


class _PolicyFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    targets: dict[str, float] = Field(default_factory=dict)


def read_programme(folder: Path, policy: str) -> Programme:
    """`policy`: name of the dispatch policy's file in the folder. Raises ProgrammeUnusable."""
    programme = _read(_ProgrammeFile, folder / "programme.json")
    targets = _read(_PolicyFile, folder / policy).targets
    wanted = {name: targets[f"{name}_s"] for name in TARGETS if f"{name}_s" in targets}
    if any(not 0 < seconds < float("inf") for seconds in wanted.values()):
        raise ProgrammeUnusable(f"{policy}: a target is not a positive number of seconds")
    return Programme(programme.id, programme.time_zone, wanted)


def _read(shape: type[T], file: Path) -> T:
    try:
        return shape.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ProgrammeUnusable(f"{file.name}: {error.strerror}") from None
    except ValidationError as error:
        places = ", ".join("/".join(map(str, item["loc"])) or "the whole" for item in error.errors())
        raise ProgrammeUnusable(f"{file.name}: not usable at {places}") from None
