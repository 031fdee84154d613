"""Files of a programme, read and checked whole before anything of them is used.

A mistake in the data is said in one line with file and place, and nothing of it is loaded; it never surfaces as a
wrong decision about an incident.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

M = TypeVar("M", bound=BaseModel)


class ProgrammeUnusable(ValueError):
    """The programme's data cannot be loaded; the text says which file and where in it, in one line."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def read_file(path: Path, model: type[M]) -> M:
    """Raises ProgrammeUnusable."""
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ProgrammeUnusable(f"{path.name}: {error.strerror}") from None
    except ValidationError as error:
        raise ProgrammeUnusable(f"{path.name}: {in_one_line(error)}") from None


def in_one_line(error: ValidationError, *, below: str = "") -> str:
    """The first fault with its place, and how many more there are. `below`: where the thing itself is in its file."""
    first, *others = error.errors(include_input=False, include_url=False)
    place = below + "".join(f"/{part}" for part in first["loc"])
    more = f" (and {len(others)} more)" if others else ""
    return f"{place} {first['msg'].removeprefix('Value error, ')}{more}".strip()
