"""Bearer tokens of the development issuer. Its key lives in the state folder, so that tokens survive a restart."""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local.credentials import write_private

ALGORITHM = "ES256"
AUDIENCE = "truce"
LIFETIME = timedelta(hours=12)


def signing_key(state: Path) -> ECKey:
    """The key of this state folder, made at the first call. Whoever comes second takes what the first one made."""
    path = state / "issuer-key.json"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
        made = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        write_private(draft, json.dumps(made.as_dict(private=True)))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return ECKey.import_key(json.loads(path.read_text()))


def mint(  # noqa: PLR0913 - each is one claim, all but the first four by name and optional
    state_dir: Path,
    issuer_url: str,
    *,
    sub: str,
    roles: Iterable[str],
    org: str | None = None,
    worker: str | None = None,
    source_kind: str | None = None,
    lifetime: timedelta = LIFETIME,
) -> str:
    """A signed token. Nothing is asked of a running process: the key is enough."""
    key, now = signing_key(state_dir), datetime.now(UTC)
    claims = {
        "iss": issuer_url,
        "aud": AUDIENCE,
        "sub": sub,
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "roles": list(roles),
        "org": org,
        "worker": worker,
        "source_kind": source_kind,
    }
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, {name: value for name, value in claims.items() if value is not None}, key)
