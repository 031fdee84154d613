"""A command line that is not told what it needs says what is missing, in a line each, and shows no secret."""

import pytest
from typer.testing import CliRunner

from services.alerts.__main__ import cli

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "words", [["dispatches", "replay", "01a21f24-e01c-7be4-a727-65f02cb315d7"], ["status"], ["api"]]
)
def test_what_is_missing_or_wrong_is_said_in_a_line_each(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    for name in ("SECRETS_KEY", "PUBLIC_URL"):
        monkeypatch.delenv(f"TRUCE_ALERTS_{name}", raising=False)
    monkeypatch.setenv("TRUCE_ALERTS_POSTGRES_DSN", f"postgres//truce:{SECRET}@nowhere")
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2
    said = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "TRUCE_ALERTS_POSTGRES_DSN", "TRUCE_ALERTS_SECRETS_KEY", "TRUCE_ALERTS_PUBLIC_URL",
    ]  # fmt: skip
    assert SECRET not in result.output
