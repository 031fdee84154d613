"""`python -m deploy.local demo`: start clean, play, tell, and on a terminal stay up until Ctrl-C."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from deploy.local.demo.api import Unanswered
from deploy.local.demo.conclude import conclude
from deploy.local.demo.run import Demo, DemoOptions, stack_options
from deploy.local.demo.summary import Summary, show
from deploy.local.failures import StackFailure
from deploy.local.foreground import run_until_told
from deploy.local.locks import StackLock
from deploy.local.places import PROJECT, STACK_LOCK, STATE
from deploy.local.ports import Ports
from deploy.local.stack import LocalStack
from services.intake.feeds.door import CannotReach

EXIT_STOPPED = 130
WIDTH_OF_A_FILE = 140
WORTH_SAYING = ("prepare", "migrate", "stack")
DEMO_STATE = STATE / "demo"


def demo(options: DemoOptions) -> int:
    """Returns the exit code: 0 if everything adds up, 1 if not, 130 if it was stopped before that was known."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_OF_A_FILE
    with StackLock(STACK_LOCK) as lock:
        stack = LocalStack(DEMO_STATE, Ports(), stack_options(echo=Progress(console)))
        lock.take("demo", state=str(stack.places.state), issuer=f"http://127.0.0.1:{stack.ports.issuer}")
        console.print("Starting PostgreSQL, Kafka and nine processes of four services.")
        summaries: list[Summary] = []

        async def perform(took: timedelta) -> None:
            console.print(f"ready in {took.total_seconds():.1f} s")
            summaries.append(await perform_on(stack, options, console, took))
            if sys.stdout.isatty():
                _stay_words(stack, console)
                await asyncio.Event().wait()

        asyncio.run(run_until_told(stack, perform))
    if not summaries:
        console.print("stopped")
        return EXIT_STOPPED
    return summaries[0].exit_code


async def perform_on(stack: LocalStack, options: DemoOptions, console: Console, took: timedelta) -> Summary:
    """The whole demo on a stack that runs; its summary, printed and written beside the stack's data."""
    try:
        played = await Demo(stack, options, console).play()
    except (Unanswered, CannotReach, ExceptionGroup) as error:
        raise _sentence(error) from error
    played.seconds = {"starting": took.total_seconds(), **played.seconds}
    summary = await conclude(stack, played)
    show(summary, console)
    path = stack.places.state / "summary.json"
    summary.write(path)
    console.print(f"The same as JSON: {_short(path)}", soft_wrap=True)
    return summary


def _sentence(error: Exception) -> Exception:
    """What a person is told when a service gives the demo no answer; any other error is a defect and stays itself."""
    if isinstance(error, ExceptionGroup):
        known = error.subgroup((Unanswered, CannotReach))
        return error if known is None else _sentence(known.exceptions[0])
    return StackFailure(f"The demo cannot go on: {error}")


class Progress:
    """Hears of everything the processes say and prints what somebody who waits wants to know."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, name: str, words: str) -> None:
        if name in WORTH_SAYING or words.startswith(("ready after", "was ended", "ended with", "did not stop")):
            self._console.print(f"{name:<17} {words}", soft_wrap=True, markup=False)


def _stay_words(stack: LocalStack, console: Console) -> None:
    wiring = stack.wiring
    office, dispatcher = (
        f'"Authorization: Bearer $(.venv/bin/python -m deploy.local token --role {role})"'
        for role in ("program_office", "dispatcher")
    )
    services = "  ".join(f"{name} {wiring.url(name)}" for name in ("intake", "alerts", "casework", "reporting"))
    console.print(f"\nEverything stays up: {services}\nTry, in another terminal in this folder:\n", soft_wrap=True)
    for line in (
        f"  curl -s -H {dispatcher} '{wiring.url('intake')}/v1/incidents?queue=needs_dispatcher'",
        f"  curl -s -H {dispatcher} '{wiring.url('alerts')}/v1/dispatches?limit=5'",
        f"  curl -s -H {office} '{wiring.url('reporting')}/v1/kpis/offers?by=outcome'",
    ):
        console.print(line, soft_wrap=True, markup=False)
    console.print("\nCtrl-C ends it all.")


def _short(path: Path) -> Path:
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
