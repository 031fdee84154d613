"""Who imports whom, as `.importlinter` says; the same check as `make check`, so that it cannot be left out."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

from shared.contracts.topics import SERVICES
from tests.support.sources import ROOT

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own: the tool changes the interpreter's path."""
    command = [sys.executable, "-c", LINT, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)


def test_every_import_contract_is_kept() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_service_is_layered() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layered = contracts["importlinter:contract:service-layers"]["containers"].split()
    there = {path.parent.name for path in (ROOT / "services").glob("*/app.py")}
    assert set(layered) == {f"services.{name}" for name in there | set(SERVICES)}


PLANTED = {
    "Services never import one another": ("services/intake/usecases/peek.py", "services.alerts.tables"),
    "Shared knows no service": ("shared/web/peek_service.py", "services.intake.settings"),
    "Production imports neither tests nor deploy": ("services/alerts/usecases/peek_deploy.py", "deploy.local.ports"),
    "In alerts, only the webhook sender": ("services/alerts/usecases/peek_send.py", "services.alerts.delivery.send"),
    "Use cases and queries reach neither": ("services/alerts/usecases/peek.py", "services.alerts.delivery.transport"),
    "In shared, the kernel is the ground": ("shared/kernel/peek.py", "shared.contracts.topics"),
    "aiokafka only in shared.messaging": ("services/reporting/usecases/peek.py", "aiokafka"),
    "asyncpg only in shared.persistence": ("services/reporting/queries/peek.py", "asyncpg"),
    "FastAPI only in api, app": ("services/intake/usecases/peek_web.py", "fastapi"),
    "uvicorn only in shared.runtime": ("shared/web/peek.py", "uvicorn"),
    "In a service, data flows one way": ("services/casework/usecases/peek.py", "services.casework.api.cases"),
}


def test_a_breach_is_planted_for_every_contract() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    names = [contracts[it]["name"] for it in contracts.sections() if ":" in it]
    assert [name for name in names if not any(name.startswith(planted) for planted in PLANTED)] == []


def test_planted_imports_are_seen(tmp_path: Path) -> None:
    """In a copy of the tree, so that nobody else ever sees them."""
    copy_tree(tmp_path)
    for place, wanted in PLANTED.values():
        (tmp_path / place).write_text(f'"""Planted."""\n\nimport {wanted}\n')
    report = lint(tmp_path).stdout
    unseen = {name for name in PLANTED if not any(line.startswith(name) for line in broken(report))}
    assert unseen == set(), report


def test_a_module_without_a_layer_is_seen(tmp_path: Path) -> None:
    copy_tree(tmp_path)
    (tmp_path / "services/casework/odds_and_ends.py").write_text('"""Planted."""\n')
    report = lint(tmp_path).stdout
    assert "odds_and_ends" in report, report


def copy_tree(target: Path) -> None:
    for path in (*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py"), ROOT / ".importlinter"):
        copied = target / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(path.read_bytes())


def broken(report: str) -> list[str]:
    """The headings of the part that explains what is broken."""
    _, _, explained = report.partition("Broken contracts")
    return explained.splitlines()
