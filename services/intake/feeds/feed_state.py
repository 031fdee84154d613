"""What a poller remembers between looks, on disk: which version of the feed it has, and what was settled of it.

Written whole and at once, so that a poller that dies leaves what it knew before or what it knows now. Forgetting it
costs requests and nothing else: what is reported again adds nothing.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


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


def load_state(file: Path, url: str) -> FeedState:
    """Afresh where there is none, where it is of another feed, or cannot be read."""
    try:
        state = FeedState(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return FeedState(url)
    return state if state.url == url else FeedState(url)


def save_state(file: Path, state: FeedState) -> None:
    written = file.with_name(f"{file.name}.new")
    written.write_text(json.dumps(asdict(state)), encoding="utf-8")
    written.replace(file)
