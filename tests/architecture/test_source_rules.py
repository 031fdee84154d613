"""Every Python file keeps the house rules; and every rule is seen to fail on a file that breaks it."""

from collections.abc import Callable, Iterable

import pytest

from tests.support import rules
from tests.support.sources import PRODUCTION, PYTHON, Module, module, modules

Rule = Callable[[Module], Iterable[str]]
# Written for what they search: these two files name what is forbidden.
NAMING_THE_FORBIDDEN = {"tests/support/rules.py", "tests/architecture/test_source_rules.py"}


def domain_modules() -> list[Module]:
    return [it for it in modules("services") if len(it.folders) > 2 and it.folders[2] == "domain"]


def breaches(rule: Rule, where: Iterable[Module]) -> str:
    """One line each, so that a failure shows them all."""
    found = [f"{it.place}:{breach}" for it in where if it.place not in NAMING_THE_FORBIDDEN for breach in rule(it)]
    return "\n".join(found)


def test_there_is_something_to_judge() -> None:
    assert len(modules(*PRODUCTION)) > 100
    assert len(domain_modules()) > 10
    assert {it.folders[0] for it in modules(*PYTHON)} == set(PYTHON)


@pytest.mark.parametrize(
    "rule", [rules.too_long, rules.forbidden_calls, rules.unsaid_words, rules.standard_names, rules.without_docstring]
)
def test_every_file_keeps(rule: Rule) -> None:
    assert breaches(rule, modules(*PYTHON)) == ""


def test_exceptions_from_the_tools_say_why() -> None:
    assert breaches(rules.bare_excuses, modules(*PYTHON)) == ""


def test_domains_are_pure() -> None:
    assert breaches(rules.impure, domain_modules()) == ""


def test_the_kernel_knows_only_the_standard_library() -> None:
    kernel = [it for it in modules("shared") if it.folders[:2] == ("shared", "kernel")]
    assert breaches(rules.third_party, kernel) == ""


DEEP = "def decide():\n" + "    x = 1\n" * 40
PLANTED: list[tuple[Rule, str, str]] = [
    (rules.too_long, "shared/web/a.py", "x = 1\n" * 251),
    (rules.too_long, "shared/web/a.py", DEEP),
    (rules.forbidden_calls, "shared/web/a.py", "from datetime import datetime\nat = datetime.utcnow()\n"),
    (rules.forbidden_calls, "services/alerts/jobs.py", "import time\nat = time.time()\n"),
    (rules.forbidden_calls, "services/alerts/jobs.py", "from time import time\n"),
    (rules.forbidden_calls, "shared/kernel/a.py", "import uuid\nit = uuid.uuid4()\n"),
    (rules.forbidden_calls, "shared/kernel/a.py", "from uuid import uuid4\n"),
    (rules.forbidden_calls, "shared/runtime/a.py", "import os\nit = os.environ['A']\n"),
    (rules.forbidden_calls, "shared/runtime/a.py", "from os import environ\n"),
    (rules.forbidden_calls, "tests/unit/test_a.py", "from unittest.mock import Mock\n"),
    (rules.forbidden_calls, "tests/unit/test_a.py", "import unittest.mock as fake\n"),
    (rules.forbidden_calls, "tests/unit/test_a.py", "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n"),
    (rules.forbidden_calls, "tests/unit/test_a.py", "from time import sleep\n"),
    (rules.unsaid_words, "shared/web/a.py", "sus" + "pects = 1\n"),
    (rules.unsaid_words, "shared/web/a.py", "class Repeat" + "Offen" + "der: ...\n"),
    (rules.unsaid_words, "shared/web/a.py", "# every gang " + "member\n"),
    (rules.unsaid_words, "shared/web/a.py", "class OfferManager: ...\n"),
    (rules.unsaid_words, "shared/web/a.py", "class Utils: ...\n"),
    (rules.unsaid_words, "shared/web/a.py", "class HTTPHandler: ...\n"),
    (rules.unsaid_words, "shared/web/offer_helpers.py", "x = 1\n"),
    (rules.standard_names, "services/alerts/queue.py", "x = 1\n"),
    (rules.standard_names, "services/calendar/app.py", "x = 1\n"),
    (rules.impure, "services/alerts/domain/a.py", "import sqlmodel\n"),
    (rules.impure, "services/alerts/domain/a.py", "from services.alerts.tables import OfferRow\n"),
    (rules.impure, "services/alerts/domain/a.py", "from shared.persistence.transaction import Transaction\n"),
    (rules.impure, "services/alerts/domain/a.py", "import random\n"),
    (rules.impure, "services/alerts/domain/a.py", "async def decide(): ...\n"),
    (rules.impure, "services/alerts/domain/a.py", "from datetime import datetime\nat = datetime.now()\n"),
    (rules.third_party, "shared/kernel/a.py", "from pydantic import BaseModel\n"),
    (rules.third_party, "shared/kernel/a.py", "from shared.web.problems import Problem\n"),
    (rules.bare_excuses, "shared/web/a.py", "x = 1  # noqa\n"),
    (rules.bare_excuses, "shared/web/a.py", "x = 1  # noqa: E501\n"),
    (rules.bare_excuses, "shared/web/a.py", "x = 1  # type: ignore[misc]\n"),
    (rules.without_docstring, "shared/web/a.py", "x = 1\n"),
]


@pytest.mark.parametrize(("rule", "place", "text"), PLANTED)
def test_a_planted_breach_is_seen(rule: Rule, place: str, text: str) -> None:
    assert list(rule(module(place, text))) != []


CLEAN = '''"""Decides."""

import os  # noqa: F401 - a reason
from datetime import datetime, timedelta

from shared.kernel.geo import Point


class ServiceSettings:
    """Settings of a service; the suspended are not among them."""

    at: datetime


class CaseManager:
    """A word of the programme."""

    left: timedelta = timedelta(0)  # type: ignore[misc] # a reason
'''


@pytest.mark.parametrize(
    "rule",
    [rules.too_long, rules.forbidden_calls, rules.unsaid_words, rules.standard_names, rules.bare_excuses],
)
def test_an_innocent_file_is_left_alone(rule: Rule) -> None:
    assert list(rule(module("services/alerts/domain/terms.py", CLEAN))) == []
