"""What people do by hand when something got stuck: look first (`status`), then list, show, mend."""

import typer

from shared.runtime.care.alarms import alarms_verbs
from shared.runtime.care.consumer import consumer_verbs, positions_verbs
from shared.runtime.care.dead_letters import dead_letters_verbs
from shared.runtime.care.outbox import outbox_verbs
from shared.runtime.care.status import add_status
from shared.runtime.roles import Roles


def add_care(cli: typer.Typer, roles: Roles) -> None:
    add_status(cli, roles)
    cli.add_typer(outbox_verbs(roles), name="outbox", help="Events on their way to the broker.")
    cli.add_typer(positions_verbs(roles), name="positions", help="Where the consumer is in each partition.")
    cli.add_typer(consumer_verbs(roles), name="consumer", help="The event consumer.")
    cli.add_typer(dead_letters_verbs(roles), name="dead-letters", help="Records that were set aside.")
    cli.add_typer(alarms_verbs(roles), name="alarms", help="What a person must act on.")
