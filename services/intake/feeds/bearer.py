"""The token with which a command reports: said as it is, or as `@FILE`, which whoever issues tokens renews.

A file is read each time the token is asked for, so that a command that runs for months outlives every token.
"""

from collections.abc import Callable
from pathlib import Path

from services.intake.feeds.door import CannotReach

_LARGEST_BYTES = 16 * 1024


def bearer_of(said: str) -> Callable[[], str]:
    """What it gives raises CannotReach where the file cannot be read or holds no single word."""
    return (lambda: _in_file(Path(said[1:]))) if said.startswith("@") else (lambda: said)


def _in_file(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            words = stream.read(_LARGEST_BYTES).decode("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotReach(f"The token's file cannot be read ({type(error).__name__}).") from None
    if len(words) != 1:
        raise CannotReach("The token's file holds no token.")
    return words[0]
