"""What reached the phones, read on from the file that the phones' own process writes."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

PAGE_OF_EXHAUSTED = "truce.page.exhausted"


@dataclass
class Arrivals:
    """`first_at` and `paged_at`: incident → when the first message about it, or the first page, arrived anywhere.

    `bad_signatures`: who received how many messages that were not signed as they should be.
    """

    path: Path
    total: int = 0
    messages: set[str] = field(default_factory=set)
    first_at: dict[str, datetime] = field(default_factory=dict)
    paged_at: dict[str, datetime] = field(default_factory=dict)
    bad_signatures: dict[str, int] = field(default_factory=dict)
    _read_to: int = 0

    def read_on(self) -> None:
        """Whole lines written since the last call."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read_to)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for line in whole.splitlines():
            self._note(json.loads(line))

    def _note(self, entry: dict[str, Any]) -> None:
        self.total += 1
        if not entry["verified"]:
            self.bad_signatures[entry["receiver"]] = self.bad_signatures.get(entry["receiver"], 0) + 1
            return
        self.messages.add(entry["webhook_id"])
        incident, at = entry["incident_id"], datetime.fromisoformat(entry["at"])
        if incident is not None:
            self.first_at[incident] = min(at, self.first_at.get(incident, at))
            if entry["type"] == PAGE_OF_EXHAUSTED:
                self.paged_at[incident] = min(at, self.paged_at.get(incident, at))
