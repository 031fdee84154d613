"""The repository's own files, as the architecture tests read them: parsed once, found without asking git."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PRODUCTION = ("services", "shared")
PYTHON = ("services", "shared", "deploy", "tests")
_NOT_OURS = {"__pycache__", "node_modules", "dist", "build"}
_HIDDEN_BUT_OURS = {".ci", ".importlinter", ".gitignore", ".gitattributes", ".github", ".dockerignore"}


class Module(NamedTuple):
    """A Python file. `place` is its path from the root, with `/`."""

    place: str
    text: str
    tree: ast.Module

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(self.place.split("/")[:-1])

    @property
    def name(self) -> str:
        return self.place.rsplit("/", 1)[-1].removesuffix(".py")


def module(place: str, text: str) -> Module:
    return Module(place, text, ast.parse(text, place))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """All Python files under `folders` of the root, in order."""
    paths = sorted(path for folder in folders for path in files(ROOT / folder) if path.suffix == ".py")
    return tuple(map(_at, paths))


@cache
def _at(path: Path) -> Module:
    return module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def files(folder: Path) -> Iterator[Path]:
    """Every file under `folder` that belongs to the repository: nothing hidden, nothing generated."""
    for path in folder.iterdir():
        if path.name in _NOT_OURS or path.suffix == ".pyc" or _is_hidden(path):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".") and path.name not in _HIDDEN_BUT_OURS
