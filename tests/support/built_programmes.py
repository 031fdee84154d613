"""A programme's areas are built once for all tests of a process: what is built is frozen, and made of nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from services.intake import current_programme

# Of a run there are few; a test's own need not be kept for the others.
_KEPT = 4


@contextmanager
def built_once() -> Iterator[None]:
    build, built = current_programme._build, list[tuple[Any, Any]]()  # noqa: SLF001 - intake itself builds each once

    def build_once(loaded: Any) -> Any:
        """Alike in every number of every outline, or it is another."""
        for same, made in built:
            if same == loaded:
                return made
        made = build(loaded)
        if len(built) < _KEPT:
            built.append((loaded, made))
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(current_programme, "_build", build_once)
        yield
