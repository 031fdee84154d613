"""How a service is found by name: by the `Roles` that its command line is made of."""

import importlib

from shared.runtime.cli import Roles


def roles_of(service: str) -> Roles:
    module = importlib.import_module(f"services.{service}.__main__")
    found = [value for value in vars(module).values() if isinstance(value, Roles)]
    assert len(found) == 1, f"services.{service}.__main__ must hold one Roles"
    return found[0]
