"""Who decides is kept with what it changes: on the command line nobody decides anonymously."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.intake.__main__ import cli

PERIOD = ("--from", "2026-03-01", "--to", "2026-03-02")
SET = ("--kind", "ward", "--effective", "2026-03-01")


@pytest.mark.parametrize("nobody", ["", " ", "\t\n", "\x1b[1m", "\udcff"])
@pytest.mark.parametrize("verb", ["load", "retag"])
def test_nobody_changes_areas_without_a_name(tmp_path: Path, verb: str, nobody: str) -> None:
    file = tmp_path / "wards.geojson"
    file.write_text("{}")
    words = [verb, str(file), *SET] if verb == "load" else [verb, *PERIOD]
    told = CliRunner().invoke(cli, ["areas", *words, "--by", nobody])
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr == "--by must say who decides it.\n"
