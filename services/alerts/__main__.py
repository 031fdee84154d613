"""`python -m services.alerts VERB`."""

from services.alerts.settings import AlertsSettings
from services.alerts.verbs import add_verbs
from shared.runtime.cli import Roles, command_line
from shared.runtime.later import later, later_value

ROLES = Roles(
    service="alerts",
    settings=AlertsSettings,
    app=later("services.alerts.app", "build_app"),
    stream=later("services.alerts.stream", "build_stream"),
    engine=later("services.alerts.engine", "build_engine"),
    subscriptions=later_value("services.alerts.subscriptions", "SUBSCRIPTIONS"),
    queues=later("services.alerts.queries.queues", "read_queues"),
)
cli = command_line(ROLES)
add_verbs(cli, ROLES)

if __name__ == "__main__":
    cli()
