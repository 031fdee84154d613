"""The repository beside its Python: what may be named in a file, and how old a dependency may be."""

import re
from pathlib import Path

import pytest

from tests.support.sources import ROOT, files

HOSTS = re.compile(
    rb"pypi[.]org|python[h]osted|npm[j]s[.]|maven[.](org|apache[.]org)|repo1?[.]maven|proxy[.]golang[.]org"
)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([0-9][^ ;\\]*)", re.MULTILINE)
FLOORS = {"starlette": (1, 0, 1), "h11": (0, 16), "aiokafka": (0, 14)}
NEVER_IN_PRODUCTION = {"python-multipart", "httpx", "apscheduler", "faststream", "pytest"}


def pins(name: str) -> dict[str, tuple[int, ...]]:
    """Package → pinned version, of a lock file; the lowest, where markers choose between several."""
    found = sorted((it.lower(), numbers(version)) for it, version in PINNED.findall(lock_file(name)))
    return dict(reversed(found))


def lock_file(name: str) -> str:
    return (ROOT / "requirements" / name).read_text()


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version.partition("+")[0]))


def test_no_file_names_a_registry() -> None:
    naming = [path for path in files(ROOT) if HOSTS.search(path.read_bytes())]
    assert [path.relative_to(ROOT).as_posix() for path in naming] == []


@pytest.mark.parametrize("lock", ["runtime.txt", "local.txt"])
def test_dependencies_are_not_older_than_what_is_known_to_be_sound(lock: str) -> None:
    found = pins(lock)
    assert {name: found[name] for name, floor in FLOORS.items() if found[name] < floor} == {}


def test_production_installs_nothing_it_must_not_use() -> None:
    assert NEVER_IN_PRODUCTION & pins("runtime.txt").keys() == set()


@pytest.mark.parametrize("lock", ["runtime.txt", "local.txt"])
def test_every_dependency_is_pinned_with_its_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=[^\s#])", "\n" + re.sub(r"(?m)^ *#.*\n", "", lock_file(lock)))[1:]
    assert len(blocks) > 20
    assert [block.split("\n")[0] for block in blocks if not PINNED.match(block)] == []
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_tests_have_no_packages_of_their_own() -> None:
    """Names like `tests` and `services` are common; only `services`, `shared` and `deploy` are packages here."""
    assert [str(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_every_folder_of_production_code_is_a_package() -> None:
    folders = {path.parent for top in ("services", "shared") for path in files(ROOT / top) if path.suffix == ".py"}
    bare = {path for path in folders if not (path / "__init__.py").exists() and path.name != "versions"}
    assert {path.relative_to(ROOT).as_posix() for path in bare} == set()


@pytest.mark.parametrize(
    "host", ["pypi" + ".org", "files.python" + "hosted.org", "registry.npm" + "js.org", "repo.mav" + "en.apache.org"]
)
def test_a_planted_registry_is_seen(tmp_path: Path, host: str) -> None:
    (tmp_path / "Dockerfile").write_text(f"RUN install --index https://{host}/simple\n")
    assert [path.name for path in files(tmp_path) if HOSTS.search(path.read_bytes())] == ["Dockerfile"]


def test_versions_compare_as_numbers() -> None:
    assert numbers("1.10.0") > numbers("1.9.3") >= (1, 9)
    assert numbers("0.13.1") < FLOORS["aiokafka"] <= numbers("0.14.0")
