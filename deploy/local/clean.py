"""`make clean`: removes what the project made outside version control. Refuses while anything of it runs.

    python3 deploy/local/clean.py

Standard library only, so that it also works when there is no virtual environment. The download cache of the user is
kept: other checkouts use it.
"""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deploy.local.locks import holder_of, is_held
from deploy.local.places import PROJECT, STACK_LOCK, STATE, system_state_of_project

CACHES = (".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache")
CODE = ("services", "shared", "deploy", "tests")


def main() -> None:
    refuse_while_running()
    for folder in [STATE, system_state_of_project(), *(PROJECT / name for name in CACHES), *byte_code()]:
        if folder.exists():
            shutil.rmtree(folder)


def refuse_while_running() -> None:
    holder = holder_of(STACK_LOCK)
    if holder is not None:
        sys.exit(f"`{holder.get('verb')}` is running here: stop it with `make down`, then clean.")
    for lock in STATE.rglob("lock"):
        if is_held(lock):
            sys.exit(f"A stack with its data in {lock.parent} is running: end the tests or demo it serves, then clean.")


def byte_code() -> "list[Path]":
    return [folder for name in CODE for folder in (PROJECT / name).rglob("__pycache__")]


if __name__ == "__main__":
    main()
