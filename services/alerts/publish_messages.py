"""`python -m services.alerts.publish_messages`: write the golden schemas that are missing, and touch no other."""

import typer

from services.alerts.message_types import FOLDER, MESSAGES
from shared.contracts.publish import Unpublishable, publish


def main() -> None:
    """Write the missing golden schemas; refuse to change a released one."""
    try:
        names = publish(MESSAGES.values(), FOLDER)
    except Unpublishable as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    for name in names:
        typer.echo(f"published {name}")
    typer.echo(f"{len(names)} new, {len(MESSAGES)} messages in all")


if __name__ == "__main__":
    typer.run(main)
