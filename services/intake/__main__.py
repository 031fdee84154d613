"""`python -m services.intake VERB`."""

from services.intake.app import build_app
from services.intake.settings import IntakeSettings
from services.intake.stream import build_stream
from services.intake.subscriptions import SUBSCRIPTIONS
from services.intake.verbs import add_verbs
from shared.runtime.cli import Roles, command_line

ROLES = Roles(
    service="intake",
    settings=IntakeSettings,
    app=build_app,
    stream=build_stream,
    subscriptions=lambda: SUBSCRIPTIONS,
)
cli = command_line(ROLES)
add_verbs(cli, ROLES)

if __name__ == "__main__":
    cli()
