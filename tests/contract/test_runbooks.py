"""Every alarm has a page and a rule; every metric, command and route that rules and pages speak of exists."""

import ast
import re
import sys
from pathlib import Path

import prometheus_client
import pytest

from services.alerts import metrics as alerts_metrics
from services.alerts.domain.auditing import Alarm
from services.intake import metrics as intake_metrics
from shared.contracts.topics import SERVICES
from shared.observability import metrics as shared_metrics
from tests.support.apps import app_of, routes_of
from tests.support.commands import command_of, fault_of, is_verb
from tests.support.sources import ROOT, modules

RUNBOOKS = ROOT / "deploy" / "runbooks"
RULES = (ROOT / "deploy" / "prometheus" / "rules.yml").read_text()
RULE = re.compile(
    r"      - alert: (?P<name>[A-Za-z]+)\n"
    r"        expr: '(?P<expr>[^']+)'\n"
    r"        for: (?P<for>[0-9]+[smh])\n"
    r"        labels: \{severity: (?P<severity>page|ticket)\}\n"
    r"        annotations:\n"
    r"          summary: '(?P<summary>(?:[^']|'')+)'\n"
    r"          runbook: (?P<runbook>\S+)\n"
)
PARTS = ("Symptom", "What Truce does by itself", "What a person does", "It is over when")
COMMAND = re.compile(r"python -m services\.([a-z]+)((?: [^\s`|]+)*)")
ROUTE = re.compile(r"\b(GET|POST|PUT) (/v1/[^\s`,)]+)")
# What the client library tells of its process, and the collector of its targets.
FROM_ELSEWHERE = {"process_start_time_seconds", "up"}


def pages() -> list[Path]:
    return sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")


def raised() -> set[str]:
    """Every alarm that the code can raise: by its name in a call, and those of the auditor."""
    found = {alarm.value for alarm in Alarm}
    for module in modules("services", "shared"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.keyword) and node.arg == "alarm" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
    return found


def told(page: Path) -> set[str]:
    line = page.read_text().splitlines()[2]
    return set(re.findall(r"`([a-z_]+)`", line)) if line.startswith("Alarm: ") else set()


def rules() -> list[dict[str, str]]:
    return [found.groupdict() for found in RULE.finditer(RULES)]


def metric_names() -> set[str]:
    """As they are scraped: a counter as `…_total`, a histogram with its three."""
    assert {module.__name__ for module in (shared_metrics, alerts_metrics, intake_metrics)} <= set(sys.modules)
    found: set[str] = set(FROM_ELSEWHERE)
    for metric in prometheus_client.REGISTRY.collect():
        name = metric.name
        found |= {
            "counter": {f"{name}_total"},
            "histogram": {f"{name}_{part}" for part in ("count", "sum", "bucket")},
        }.get(metric.type, {name})
    return found


def test_alarms_are_found_at_all() -> None:
    assert {"dead_letter", "consumer_stopped", "kafka_away", "engine_job_failed"} <= raised()


def test_every_alarm_has_a_page_and_no_page_speaks_of_one_that_does_not_exist() -> None:
    assert set().union(*(told(page) for page in pages())) == raised()


def test_every_alarm_has_a_rule_that_leads_to_a_page_about_it() -> None:
    standing = re.compile(r'truce_alarms_standing\{alarm="([a-z_]+)"\}')
    ruled = {name: rule["runbook"] for rule in rules() for name in standing.findall(rule["expr"])}
    assert set(ruled) == raised()
    assert [name for name, runbook in ruled.items() if name not in told(ROOT / runbook)] == []


def test_every_rule_is_read_and_leads_to_a_page() -> None:
    assert len(rules()) == RULES.count("- alert:")
    assert [rule["name"] for rule in rules() if not (ROOT / rule["runbook"]).is_file()] == []
    assert len({rule["name"] for rule in rules()}) == len(rules())


def test_every_metric_that_a_rule_names_exists() -> None:
    exprs = [re.sub(r'"[^"]*"', "", rule["expr"]) for rule in rules()]
    words = {word for expr in exprs for word in re.findall(r"\b(?:truce|process)_[a-z_]+\b", expr)}
    assert words - metric_names() == set()
    assert len(words) >= 10


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_has_its_parts_and_is_in_the_list(page: Path) -> None:
    assert tuple(re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)) == PARTS
    assert f"]({page.name})" in (RUNBOOKS / "README.md").read_text()


@pytest.mark.parametrize("page", [*pages(), RUNBOOKS / "README.md"], ids=lambda page: page.stem)
def test_what_a_page_points_at_exists(page: Path) -> None:
    text = page.read_text()
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not (page.parent / link).exists()] == []
    faults = [fault for service, words in COMMAND.findall(text) if (fault := fault_of(service, words.split()))]
    assert faults == []
    assert [f"{method} {path}" for method, path in ROUTE.findall(text) if not is_served(method, path)] == []


def is_served(method: str, path: str) -> bool:
    wanted = path.rstrip(".;:")
    return any(
        method in route.methods and route.path == wanted for service in SERVICES for route in routes_of(app_of(service))
    )


def test_pages_show_commands_and_routes_at_all() -> None:
    everything = "".join(page.read_text() for page in pages())
    assert len(COMMAND.findall(everything)) >= 30
    assert len(ROUTE.findall(everything)) >= 8


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("outbox list --set-aside", None),
        ("dead-letters show ID", None),
        ("consumer resume --from-beginning", None),
        ("outbox lst", "no such command"),
        ("outbox list --set-asides", "no such option"),
        ("dead-letters show", "too few words"),
        ("dead-letters show ID ID", "too many words"),
        ("outbox republish", "an option is missing"),
        ("outbox", "no command"),
    ],
)
def test_a_command_that_does_not_exist_is_seen(words: str, fault: str | None) -> None:
    found = fault_of("intake", words.split())
    assert found is None if fault is None else found is not None and fault in found


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        *(("outbox", verb) for verb in ("list", "show", "retry", "republish")),
        ("positions", "list"),
        ("consumer", "resume"),
        *(("dead-letters", verb) for verb in ("list", "show", "replay", "discard")),
        *(("alarms", verb) for verb in ("list", "acknowledge", "clear")),
    ],
)
def test_every_service_has_the_same_verbs(words: tuple[str, ...]) -> None:
    assert [service for service in SERVICES if not is_verb(command_of(service, words))] == []
