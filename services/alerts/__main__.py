"""`python -m services.alerts VERB`."""

from services.alerts.app import build_app
from services.alerts.engine import build_engine
from services.alerts.queries.queues import read_queues
from services.alerts.settings import AlertsSettings
from services.alerts.stream import build_stream
from services.alerts.subscriptions import SUBSCRIPTIONS
from services.alerts.verbs import add_verbs
from shared.runtime.cli import Roles, command_line

ROLES = Roles(
    service="alerts",
    settings=AlertsSettings,
    app=build_app,
    stream=build_stream,
    engine=build_engine,
    subscriptions=lambda: SUBSCRIPTIONS,
    queues=read_queues,
)
cli = command_line(ROLES)
add_verbs(cli, ROLES)

if __name__ == "__main__":
    cli()
