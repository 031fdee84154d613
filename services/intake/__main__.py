"""`python -m services.intake VERB`."""

from services.intake.settings import IntakeSettings
from services.intake.verbs import add_verbs
from shared.runtime.cli import Roles, command_line
from shared.runtime.later import later, later_value

ROLES = Roles(
    service="intake",
    settings=IntakeSettings,
    app=later("services.intake.app", "build_app"),
    stream=later("services.intake.stream", "build_stream"),
    subscriptions=later_value("services.intake.subscriptions", "SUBSCRIPTIONS"),
    queues=later("services.intake.queries.queues", "tell_queues"),
)
cli = command_line(ROLES)
add_verbs(cli, ROLES)

if __name__ == "__main__":
    cli()
