"""`python -m services.alerts.publish_messages`: write the golden schemas that are missing, and touch no other."""

import typer

from services.alerts.message_types import FOLDER, MESSAGES
from shared.contracts.publish import publish_and_tell


def main() -> None:
    """Write the missing golden schemas; refuse to change a released one."""
    publish_and_tell(MESSAGES.values(), FOLDER, "messages")


if __name__ == "__main__":
    typer.run(main)
