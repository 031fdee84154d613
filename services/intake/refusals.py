"""What the command line refuses, or cannot bring to its end, each in one line and with its exit code."""

from typing import NoReturn

import typer

from services.intake.feeds.door import is_address

CANNOT_REPORT = 2
STOPPED_BY_HAND = 130
"""As shells say it."""


def refuse(why: str, code: int = CANNOT_REPORT) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(code)


def somebody(said: str) -> str:
    if not said.strip() or not said.isprintable():
        refuse("--by must say who decides it.")
    return said.strip()


def an_address(said: str) -> str:
    if not is_address(said):
        refuse(f"{said} is no address: one begins with http:// or https://.")
    return said
