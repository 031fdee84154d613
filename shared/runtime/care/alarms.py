"""`alarms list|acknowledge|clear`: what a person must act on in this service."""

from typing import Annotated

import typer

from shared.messaging.alarms import acknowledge_alarm, clear_alarm, list_alarms
from shared.runtime.care.tables import print_list
from shared.runtime.roles import Roles, in_transaction

AlarmName = Annotated[str, typer.Argument(help="its name, as in the list")]
Subject = Annotated[str, typer.Argument(help="what it is about, as in the list")]
_COLUMNS = ("alarm", "subject", "state", "count", "first_at", "last_at")


def alarms_verbs(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)

    @cli.command(name="list")
    def list_() -> None:
        """What stands, newest first."""
        print_list(in_transaction(roles, list_alarms), _COLUMNS, empty="none stands")

    @cli.command()
    def acknowledge(alarm: AlarmName, subject: Subject) -> None:
        """I act on it: paging stops, the alarm stands."""
        in_transaction(roles, lambda tx: acknowledge_alarm(tx, service=roles.service, alarm=alarm, subject=subject))
        typer.echo("acknowledged")

    @cli.command()
    def clear(alarm: AlarmName, subject: Subject) -> None:
        """It is over; the next time is a new alarm."""
        in_transaction(roles, lambda tx: clear_alarm(tx, service=roles.service, alarm=alarm, subject=subject))
        typer.echo("cleared")

    return cli
