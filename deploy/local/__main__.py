"""python -m deploy.local {demo|up|load|down|status|run|token|receiver|prepare}: the local stack on the command line."""

import asyncio
import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from deploy.local import postgres, tokens
from deploy.local.demo.run import DemoOptions
from deploy.local.demo.verb import demo as perform_demo
from deploy.local.failures import StackFailure
from deploy.local.foreground import run_until_told
from deploy.local.locks import StackLock
from deploy.local.places import PROJECT, STACK_LOCK, STATE
from deploy.local.ports import Ports
from deploy.local.prepare import kafka_parts
from deploy.local.receiver import serve
from deploy.local.running import Running, load_programme, run_module, start_detached
from deploy.local.stack import LocalStack, StackOptions
from shared.auth.principal import Role

EXIT_NOT_RUNNING = 3
Service = Literal["intake", "alerts", "casework", "reporting"]

app = typer.Typer(help="The local Truce stack.", no_args_is_help=True, add_completion=False)


def show(name: str, words: str) -> None:
    print(f"{name:<16} | {words}", flush=True)


def ready_line(took: timedelta, stack: LocalStack) -> str:
    addresses = "  ".join(f"{name} {stack.wiring.url(name)}" for name in ("intake", "alerts", "casework", "reporting"))
    return f"ready in {took.total_seconds():.1f} s: {addresses}"


@app.command()
def up(*, detach: Annotated[bool, typer.Option(help="Return when ready; `down` stops it.")] = False) -> None:
    """Start everything, keep data between runs, and stay until Ctrl-C."""
    if detach:
        print(start_detached(STATE / "up" / "logs" / "up.log", print))
        return
    with StackLock(STACK_LOCK) as lock:
        stack = LocalStack(STATE / "up", Ports(), StackOptions(echo=show))
        lock.take("up", state=str(stack.places.state), issuer=f"http://127.0.0.1:{stack.ports.issuer}")

        async def stay(took: timedelta) -> None:
            line = ready_line(took, stack)
            print(f"{line}\nCtrl-C stops it; logs are in {stack.places.logs.relative_to(PROJECT)}/", flush=True)
            lock.tell(ready=line)
            await asyncio.Event().wait()

        asyncio.run(run_until_told(stack, stay))
        print("stopped", flush=True)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Another seed makes other people.")] = 2022,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="How long the week takes.")] = 30,
    reports: Annotated[int | None, typer.Option(min=1, help="Only the first so many reports of the week.")] = None,
) -> None:
    """Replay one real week over real webhooks to simulated phones, then recount everything."""
    options = DemoOptions(seed=seed, within=timedelta(seconds=seconds), most=reports)
    raise typer.Exit(perform_demo(options))


@app.command()
def down() -> None:
    """Stop the running stack; its data stays."""
    running = Running.find()
    if running is None:
        print("Nothing is running here.")
        return
    if running.stop():
        print(f"`{running.mark.name}` stopped.")
    else:
        print(f"`{running.mark.name}` did not stop in time and was killed; its processes end with it.")


@app.command()
def status() -> None:
    """Say what runs where."""
    running = Running.find()
    if running is None:
        print("Nothing is running here; `make up` starts it.")
        raise typer.Exit(EXIT_NOT_RUNNING)
    print(f"`{running.mark.name}` is running as process {running.mark.pid}; logs are in {running.state / 'logs'}/")
    print(f"{'PROCESS':<18}{'STATE':<12}{'PID':<9}{'RESTARTS':<10}ADDRESS")
    for one in running.processes():
        print(f"{one['name']:<18}{one['phase']:<12}{one['pid']:<9}{one['restarts']:<10}{one['address']}")


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="A programme's data.")] = PROJECT / "deploy" / "programs" / "dc_onse",
    policy: Annotated[str, typer.Option(help="The dispatch policy, a file in the folder.")] = "dispatch_policy.json",
) -> None:
    """Load a programme into the running stack: areas, contractors, policies, rules. Again: only what differs."""
    raise typer.Exit(load_programme(Running.require(), folder.resolve(), policy))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    words: typer.Context,
    service: Annotated[Service, typer.Argument(help="Whose command line: all that follows is for it.")],
) -> None:
    """Run a verb of a service beside the running stack: `run alerts dispatches replay ID`."""
    raise typer.Exit(run_module(Running.require(), f"services.{service}", *words.args))


@app.command()
def token(
    role: Annotated[list[Role], typer.Option(help="May be given more than once.")],
    org: Annotated[str | None, typer.Option(help="Organization id.")] = None,
    worker: Annotated[str | None, typer.Option(help="Worker id.")] = None,
    source_kind: Annotated[str | None, typer.Option(help="police, hospital, resident, sensor, staff.")] = None,
    sub: Annotated[str, typer.Option(help="Who this is.")] = "local-user",
) -> None:
    """Print a bearer token of the running stack, valid for 12 hours."""
    running = Running.require()
    print(
        tokens.mint(running.state, running.issuer, sub=sub, roles=role, org=org, worker=worker, source_kind=source_kind)
    )


@app.command()
def receiver(
    secret: Annotated[str, typer.Option(help="whsec_… that registering told, or the endpoint's public key whpk_…")],
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens, on 127.0.0.1.")] = 8199,
) -> None:
    """Receive webhooks: check each signature, print each message in one line, answer 204."""
    serve(secret, port)


@app.command()
def prepare() -> None:
    """Fetch and derive what the first start would, without starting anything."""
    asyncio.run(kafka_parts(lambda words: show("prepare", words)))
    postgres.place_programs()
    show("prepare", "everything is there")


def main() -> None:
    # Asking Kafka too early is how one waits for it: the client's complaints about that are no news.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if sys.platform != "linux":
        sys.exit("The local stack needs Linux: its processes are tied to the supervisor by the Linux kernel.")
    try:
        app()
    except StackFailure as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
