"""Passwords and keys of one stack: made once per state folder, readable by its owner alone, never printed."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

SERVICES = ("intake", "alerts", "casework", "reporting")


def _password() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Credentials:
    """`stack_id` tells data of this state folder from data of one that was deleted."""

    stack_id: str = field(default_factory=_password)
    postgres_admin: str = field(default_factory=_password)
    secrets_key: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    services: dict[str, str] = field(default_factory=lambda: {name: _password() for name in SERVICES})

    @classmethod
    def of(cls, state: Path) -> "Credentials":
        """Load them, or make them if this state folder has none."""
        path = state / "credentials.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private(path, json.dumps(asdict(cls())))
        return cls(**json.loads(path.read_text()))


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
