"""How the `api` role is served and ends: SIGTERM lets open requests be answered first."""

import signal
from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from shared.observability.logs import configure_logs
from shared.runtime.process import DRAIN_S, settle_down
from shared.runtime.settings import ServiceSettings

_NOT_STARTED = 3


def serve_api(app: FastAPI, service: str, settings: ServiceSettings) -> None:
    configure_logs(service, "api", form=settings.log_format)
    settle_down(settings)
    # The server drains at a signal and then raises it again, for whoever was to hear it: that the end was asked for.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server = _Server(
        app,
        host=settings.http_host,
        port=settings.http_port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=int(DRAIN_S),
        limit_concurrency=1000,
        backlog=2048,
    )
    server.run()
    if not server.started:
        raise SystemExit(_NOT_STARTED)


class _Server(uvicorn.Server):
    """Open streams are told to end before they are waited for: by themselves they would last for minutes."""

    def __init__(self, app: FastAPI, **options: Any) -> None:
        super().__init__(uvicorn.Config(app, **options))
        self._app = app

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for feed in self._app.state.feeds.values():
            feed.end()
        await super().shutdown(sockets)
