"""What a verb does not need is not loaded for it: a process that was killed is back sooner."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def later(module: str, name: str) -> Callable[..., Any]:
    """A function that is imported when it is first called."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(module), name)(*arguments)

    return call


def later_value(module: str, name: str) -> Callable[[], Any]:
    """Imports the value when it is asked for."""
    return lambda: getattr(import_module(module), name)
