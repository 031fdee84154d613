"""What the command line refuses before anything is begun, each in one line and with exit code 2."""

from typing import NoReturn

import typer

from services.intake.feeds.door import is_address

CANNOT_BEGIN = 2


def refuse(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(CANNOT_BEGIN)


def an_address(said: str) -> str:
    if not is_address(said):
        refuse(f"{said} is no address: one begins with http:// or https://.")
    return said
