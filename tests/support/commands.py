"""A service's command line as data: whether words that a page shows are a command that would be understood."""

import importlib
from collections.abc import Sequence
from typing import Any

import typer


def command_of(service: str, words: Sequence[str]) -> Any:
    """The command that the words name, or None. (The library brings its own copy of the classes of commands.)"""
    found: Any = typer.main.get_command(importlib.import_module(f"services.{service}.__main__").cli)
    for word in words:
        found = getattr(found, "commands", {}).get(word)
    return found


def is_verb(command: Any) -> bool:
    """Whether it does something, as opposed to gathering others."""
    return command is not None and not hasattr(command, "commands")


def fault_of(service: str, words: Sequence[str]) -> str | None:
    """Why the service's command line would not understand the words; None if it would. Placeholders are any words."""
    command, rest, shown = command_of(service, ()), list(words), " ".join(words)
    while not is_verb(command):
        if not rest or rest[0].startswith("-"):
            return f"no command: {shown}"
        command = command.commands.get(rest.pop(0))
        if command is None:
            return f"no such command: {shown}"
    return _fault(command, rest, shown)


def _fault(command: Any, rest: list[str], shown: str) -> str | None:
    options = {name: it for it in command.params if it.param_type_name == "option" for name in it.opts}
    arguments = [it for it in command.params if it.param_type_name == "argument"]
    given, plain = _split(rest, options)
    faults = {
        "no such option": bool(given - set(options)),
        "an option is missing": any(it.required and not given & set(it.opts) for it in options.values()),
        "too many words": len(plain) > len(arguments),
        "too few words": len(plain) < sum(it.required for it in arguments),
    }
    return next((f"{fault}: {shown}" for fault, holds in faults.items() if holds), None)


def _split(rest: list[str], options: dict[str, Any]) -> tuple[set[str], list[str]]:
    """The options given, and the words that are neither options nor their values."""
    given: set[str] = set()
    plain: list[str] = []
    words = iter(rest)
    for word in words:
        if not word.startswith("--"):
            plain.append(word)
            continue
        given.add(word)
        if word in options and not options[word].is_flag:
            next(words, None)
    return given, plain
