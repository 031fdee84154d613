"""However much that cannot be used is sent to it, an API process grows no larger."""

import json
from pathlib import Path
from typing import Any

import aiohttp

from services.intake.api.report_batches import MAX_REPORTS
from tests.integration.intake.test_bad_reports import FIELDS, report_with
from tests.support.served_intake import Served
from tests.unit.intake.feed_messages import cap, detection, eido

MOST_BYTES = 5 * 1024 * 1024
BOMB = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><alert>&b;</alert>'


def resident_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def messages() -> list[tuple[str, bytes, str, int]]:
    """Door, body, type, and the status that answers it."""
    broken = [report_with(*field) for field in FIELDS if "\ud800" not in str(field[1])]
    batch = [broken[place % len(broken)] for place in range(MAX_REPORTS)]

    def said(body: Any) -> bytes:
        return json.dumps(body).encode()

    return [
        ("/v1/reports:batch", said({"reports": batch}), "application/json", 200),
        ("/v1/reports:batch", said({"reports": [{}] * 10_000}), "application/json", 200),
        ("/v1/reports:batch", said({"reports": broken * 200}), "application/json", 413),
        ("/v1/reports", said(broken[0]), "application/json", 422),
        ("/v1/reports/eidos", said(eido(incidentComponent=[{}] * 50)), "application/json", 422),
        ("/v1/reports/gunshots", said({"detections": [detection(lat="x")] * 900}), "application/json", 422),
        ("/v1/reports/cap-alerts", BOMB, "application/cap+xml", 422),
        ("/v1/reports/cap-alerts", cap(status="Test"), "application/cap+xml", 422),
    ]


async def test_an_api_process_stays_as_large_as_it_is_whatever_broken_things_are_sent_to_it(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.token}", "Idempotency-Key": "broken"}
    sent = messages()
    async with aiohttp.ClientSession(headers=headers) as session:

        async def send_all(times: int) -> int:
            for _ in range(times):
                for door, body, kind, status in sent:
                    answer = await session.post(f"{served.url}{door}", data=body, headers={"Content-Type": kind})
                    assert (door, answer.status) == (door, status), await answer.text()
                    await answer.read()
            return resident_bytes(served.pid)

        before = await send_all(3)
        assert await send_all(20) - before < MOST_BYTES
    assert (await served.of_own("count(*) AS n"))["n"] == 0
