"""The rules that a Python file keeps, each as a function from a module to its breaches: `line: what`."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator

from tests.support.sources import PRODUCTION, Module

FILE_LINES = 250
FUNCTION_LINES = 40
# Where time passes on purpose: the one place that waits for a condition, and drivers that keep a schedule.
SLEEPS_HERE = ("tests/support/waiting.py", "tests/bench/", "tests/chaos/")
CLOCK = "shared/kernel/clock.py"
UNSAID = ("gang" + "_member", "sus" + "pect", "offen" + "der", "per" + "p")
EMPTY_WORDS = {"manager", "service", "helper", "handler", "util", "base", "common", "core", "data", "info"}
# A word of the programme: the worker who follows participants.
PEOPLE = {"casemanager"}
DOMAIN_KNOWS = ("shared.kernel",)
# Input, output, clocks and chance of the standard library: a decision is given what it decides about.
_IMPURE = {
    "asyncio", "concurrent", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
_EXCUSE = re.compile(r"# (noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* - \S|type: ignore\[[a-z, -]+\] # \S)")
_EXCUSED = re.compile(r"# ?(noqa|type: ?ignore)")


def too_long(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > FILE_LINES:
        yield f"1: {lines} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{node.lineno}: {node.name} has {length} lines"


def forbidden_calls(module: Module) -> Iterator[str]:
    production, tests = module.folders[0] in PRODUCTION, module.folders[0] == "tests"
    for line, name in _mentioned(module.tree):
        last = name.rsplit(".", 1)[-1]
        if last in {"utcnow", "utcfromtimestamp"} or name.startswith("unittest"):
            yield f"{line}: {name}"
        if (
            not tests
            and (last in {"uuid4", "uuid1"} or name in {"time.time", "time.time_ns"})
            and module.place != CLOCK
        ):
            yield f"{line}: {name}"
        if production and name in {"os.environ", "os.getenv", "os.environb", "os.putenv"}:
            yield f"{line}: {name}"
        if tests and last == "sleep" and not module.place.startswith(SLEEPS_HERE):
            yield f"{line}: {name}"


def _mentioned(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Everything named with dots, and everything imported under its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, name) for name in imported(node))


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]


def unsaid_words(module: Module) -> Iterator[str]:
    """Words about people that nothing here calls anybody, and words that say nothing."""
    for number, line in enumerate(module.text.splitlines(), 1):
        words = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", line).lower()))
        joined = "_".join(re.findall(r"[a-z]+", line.lower()))
        if UNSAID[0] in joined or any(word in {bad, f"{bad}s"} for bad in UNSAID[1:] for word in words):
            yield f"{number}: a word about people that is not used here"
    if _is_empty(module.name):
        yield f"1: the module's name {module.name} says nothing"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and _is_empty(re.sub(r"(?<=[A-Za-z0-9])(?=[A-Z][a-z])", "_", node.name)):
            yield f"{node.lineno}: the class name {node.name} says nothing"


def _is_empty(name: str) -> bool:
    """Whether the last word of a name_with_words, which should say what it is, is one that says nothing."""
    last = name.lower().rsplit("_", 1)[-1]
    return name.lower().replace("_", "") not in PEOPLE and not EMPTY_WORDS.isdisjoint({last, last.removesuffix("s")})


def standard_names(module: Module) -> Iterator[str]:
    """A module or package named like one of the standard library is shadowed by it, or shadows it."""
    for name in (*module.folders, module.name):
        if name in sys.stdlib_module_names:
            yield f"1: {name} is a module of the standard library"


def impure(module: Module) -> Iterator[str]:
    """What a `domain/` module must not do: know anything but itself and the kernel, wait, or look at a clock."""
    own = ".".join(module.folders[:3])
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"{node.lineno}: a decision does not wait"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (f"{node.lineno}: imports {name}" for name in _foreign(imported(node), own))
        elif isinstance(node, ast.Attribute) and node.attr in {"now", "today"}:
            yield f"{node.lineno}: a decision is told what time it is"


def _foreign(names: Iterable[str], own: str) -> Iterator[str]:
    for name in names:
        known = any(f"{name}.".startswith(f"{package}.") for package in (own, *DOMAIN_KNOWS))
        top = name.split(".")[0]
        if not known and (top not in sys.stdlib_module_names or top in _IMPURE):
            yield name


def third_party(module: Module) -> Iterator[str]:
    """What the kernel must not import: anything but the standard library and itself."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (
                f"{node.lineno}: imports {name}"
                for name in imported(node)
                if not f"{name}.".startswith("shared.kernel.") and name.split(".")[0] not in sys.stdlib_module_names
            )


def bare_excuses(module: Module) -> Iterator[str]:
    """`noqa` and `type: ignore` carry their code and a reason."""
    for number, line in enumerate(module.text.splitlines(), 1):
        if _EXCUSED.search(line) and not _EXCUSE.search(line):
            yield f"{number}: an exception without code and reason"


def without_docstring(module: Module) -> Iterator[str]:
    if module.text.strip() and ast.get_docstring(module.tree) is None:
        yield "1: the module does not say what it is for"
