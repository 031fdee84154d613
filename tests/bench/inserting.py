"""The roof for whoever stores a report: `pgbench` doing the same inserts, one transaction each."""

import asyncio
import re
import tempfile
from pathlib import Path

from deploy.local.postgres import place_programs
from services.intake.tables import IncidentRow

SECONDS = 6
_TPS = re.compile(r"tps = ([0-9.]+)")
# Of a line of its log.
_TOOK_US, _ENDED_S, _ENDED_US = 2, 4, 5
_OWN = {"id": ":incident", "source": "'roof'", "source_ref": ":report"}
_COLUMNS = tuple(IncidentRow.model_fields)
_SCRIPT = f"""
BEGIN;
SELECT pg_try_advisory_xact_lock(hashtextextended(gen_random_uuid()::text, 0));
SELECT body_sha256, status, response FROM idempotency_keys WHERE principal = 'roof' AND route = 'r' AND key = 'none';
SELECT gen_random_uuid() AS incident, gen_random_uuid() AS report \\gset
INSERT INTO incidents ({", ".join(_COLUMNS)})
    SELECT {", ".join(_OWN.get(name, name) for name in _COLUMNS)} FROM incidents LIMIT 1;
INSERT INTO reports (id, incident_id, source, source_kind, source_ref, body, content_sha256, received_at)
    SELECT :report, :incident, 'roof', source_kind, :report, body, content_sha256, now() FROM reports LIMIT 1;
INSERT INTO outbox (event_id, topic, key, headers, value)
    SELECT gen_random_uuid(), topic, :incident, headers, value FROM outbox LIMIT 1;
INSERT INTO idempotency_keys (principal, route, key, body_sha256, status, response)
    SELECT 'roof', route, :report, body_sha256, status, response FROM idempotency_keys LIMIT 1;
COMMIT;
"""


async def inserts_per_second(dsn: str, connections: int) -> float:
    """Rows as large as those that are there; there must be one of each."""
    with tempfile.TemporaryDirectory() as place:
        said = await _pgbench(Path(place), dsn, "-c", str(connections), "-T", str(SECONDS))
    found = _TPS.search(said)
    assert found is not None
    return float(found[1])


async def inserts_took_ms(dsn: str, connections: int, per_second: float, *, seconds: int) -> list[float]:
    """Each from when it was due: in an open loop, after a second in which the connections get to know the tables."""
    with tempfile.TemporaryDirectory() as place:
        logs = Path(place) / "took"
        rate = ("-T", str(1 + seconds), f"--rate={per_second}", "--log", f"--log-prefix={logs}")
        await _pgbench(Path(place), dsn, "-c", str(connections), *rate)
        lines = sorted((line.split() for log in logs.parent.glob("took.*") for line in log.open()), key=_ended)
    return [int(line[_TOOK_US]) / 1000 for line in lines if _ended(line) > _ended(lines[0]) + 1]


def _ended(line: list[str]) -> float:
    return int(line[_ENDED_S]) + int(line[_ENDED_US]) / 1_000_000


async def _pgbench(place: Path, dsn: str, *words: str) -> str:
    script = place / "report.sql"
    script.write_text(_SCRIPT)
    process = await asyncio.create_subprocess_exec(
        str(place_programs() / "bin" / "pgbench"),
        *("-n", "-M", "prepared", "-j", "2", "-f", str(script), *words, dsn),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()
