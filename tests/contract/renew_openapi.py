"""`python -m tests.contract.renew_openapi`: take down every service's OpenAPI as it is now; the diff is the review."""

import json
from pathlib import Path

from shared.contracts.topics import SERVICES
from tests.support.apps import app_of

SNAPSHOTS = Path(__file__).parent / "openapi"


def snapshot_of(service: str) -> str:
    return json.dumps(app_of(service).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    SNAPSHOTS.mkdir(exist_ok=True)
    for service in SERVICES:
        (SNAPSHOTS / f"{service}.json").write_text(snapshot_of(service))


if __name__ == "__main__":
    main()
