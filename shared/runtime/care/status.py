"""`status`: one screen for whoever is woken at night. Exit code 0 if all is well, 1 if something is not."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from shared.messaging.standing import Standing, read_standing
from shared.persistence.sqlstate import DATABASE_ERRORS, sqlstate
from shared.runtime.roles import Roles, open_database


def add_status(cli: typer.Typer, roles: Roles) -> None:
    @cli.command()
    def status(as_json: Annotated[bool, typer.Option("--json", help="for scripts")] = False) -> None:
        """How this service stands: processes, database, Kafka, queues, alarms. Exit code 1 if something is wrong."""
        found = asyncio.run(_read(roles))
        if isinstance(found, str):
            facts: dict[str, Any] = {"service": roles.service, "database_answers": False, "wrong": [found]}
        else:
            facts = asdict(found) | {"database_answers": True}
        lines = [json.dumps(facts, default=str, indent=1)] if as_json else _lines(roles.service, found)
        typer.echo("\n".join(lines))
        raise typer.Exit(1 if facts["wrong"] else 0)


async def _read(roles: Roles) -> Standing | str:
    """What is wrong with the database, in words, if that is why nothing else can be told."""
    settings = roles.read_settings()
    db = open_database(roles.service, "cli", settings)
    try:
        return await read_standing(
            db, roles.service, roles=roles.names, bootstrap=settings.kafka_bootstrap, more=roles.queues
        )
    except DATABASE_ERRORS as error:
        return f"the database refused or does not answer: {type(error).__name__} {sqlstate(error) or ''}".strip()
    finally:
        await db.close()


def _lines(service: str, found: Standing | str) -> list[str]:
    if isinstance(found, str):
        return [f"{service}: DEGRADED", f"  ! {found}"]
    head = f"{service}: {'DEGRADED' if found.wrong else 'fine'} at {found.at.isoformat(timespec='seconds')}"
    return [head, *(f"  ! {words}" for words in found.wrong), "", *_facts(found)]


def _facts(found: Standing) -> list[str]:
    return [
        "database    answers",
        f"Kafka       {'answers' if found.kafka_answers else 'DOES NOT ANSWER'}",
        *(
            f"process     {process.role:<8} "
            + ("never seen" if process.age_s is None else f"beat {process.age_s:.0f} s ago")
            for process in found.processes
        ),
        f"outbox      {found.outbox.waiting} waiting (first for {found.outbox.oldest_s:.0f} s)",
        f"set aside   {found.outbox.set_aside} events",
        f"consumer    {'STOPPED: ' + found.consumer_stopped if found.consumer_stopped else 'runs'}",
        *(
            f"topic       {topic.topic:<32} {topic.partitions} partitions, lag "
            + ("not known" if topic.lag is None else f"{topic.lag} (worst: partition {topic.worst}, {topic.worst_lag})")
            for topic in found.topics
        ),
        f"dead letters {found.dead_letters} open",
        *(f"queue       {queue.name:<32} {queue.count} (oldest {queue.oldest_s:.0f} s)" for queue in found.queues),
        *(f"alarm       {alarm.state}: {alarm.alarm} {alarm.subject} ({alarm.count}×)" for alarm in found.alarms),
    ]
