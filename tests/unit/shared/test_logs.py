"""The log names errors by type and place; their texts, which may hold what people told us, never reach it."""

import json
import subprocess
import sys

SAYS = """
import asyncio, logging
from shared.observability.logs import configure_logs, get_logger
configure_logs("casework", "api", form="json")

def deep():
    try:
        int("canary")
    except ValueError as error:
        raise RuntimeError("canary") from error

try:
    deep()
except RuntimeError as error:
    get_logger("x").error("it.failed", exc_info=error, count=3)
    logging.getLogger("uvicorn.error").error("it failed", exc_info=error)
    group = ExceptionGroup("canary", [error, LookupError("canary")])
    get_logger("x").error("they.failed", exc_info=group)
for _ in range(1000):
    logging.getLogger("aiokafka").error("no broker")
logging.getLogger("aiokafka").info("too quiet to be heard")
"""


def lines() -> list[dict[str, object]]:
    said = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True, timeout=30)
    assert said.stderr == ""
    assert "canary" not in said.stdout
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_errors_are_logged_by_type_and_place_without_their_texts() -> None:
    ours, servers, group, *_ = lines()
    for line in (ours, servers):
        assert "RuntimeError at" in str(line["exception"])
        assert "<- ValueError at" in str(line["exception"])
        assert "<string>:10" in str(line["exception"])
    assert (ours["event"], ours["count"], ours["service"], ours["role"]) == ("it.failed", 3, "casework", "api")
    assert "ExceptionGroup" in str(group["exception"])
    assert "LookupError" in str(group["exception"])


def test_a_client_that_lost_its_broker_is_heard_once_a_second() -> None:
    assert len([line for line in lines() if line["event"] == "no broker"]) == 1
