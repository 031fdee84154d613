"""What a poller remembers between looks, on disk: which version of the feed it has, and what was settled of it.

Written whole and at once, so that a poller that dies leaves what it knew before or what it knows now. Forgetting it
costs requests and nothing else: what is reported again adds nothing.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile


class StateUnusable(Exception):
    """What a look settles cannot be remembered. The text says where and why."""


@dataclass
class FeedState:
    """`etag`, `last_modified`: as the server gave them with the version that was read to its end. `settled`: the keys
    of this version's reports that intake has taken, or refused for what they say; none that it failed at, or refused
    for who sent it.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    settled: list[str] = field(default_factory=list)


def _is_sound(state: FeedState) -> bool:
    return (
        isinstance(state.settled, list)
        and all(isinstance(key, str) for key in state.settled)
        and all(isinstance(told, str | None) for told in (state.etag, state.last_modified))
    )


def load_state(file: Path, url: str) -> FeedState:
    """Afresh where there is none, where it is of another feed, or cannot be read."""
    try:
        state = FeedState(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return FeedState(url)
    return state if state.url == url and _is_sound(state) else FeedState(url)


def save_state(file: Path, state: FeedState) -> None:
    """Raises StateUnusable."""
    written = file.with_name(f"{file.name}.new")
    try:
        written.write_text(json.dumps(asdict(state)), encoding="utf-8")
        written.replace(file)
    except OSError as error:
        raise _unusable(file, error) from None


def check_state(file: Path) -> None:
    """Raises StateUnusable where `save_state` could not write, or what is there cannot be opened. Leaves nothing."""
    try:
        if file.exists():
            file.open("rb").close()
        NamedTemporaryFile(prefix=f"{file.name}.", dir=file.parent).close()
    except OSError as error:
        raise _unusable(file, error) from None


def _unusable(file: Path, error: OSError) -> StateUnusable:
    return StateUnusable(f"Nothing can be remembered in {file} ({error.strerror}).")
