"""Structured logs: one JSON object a line (or coloured text for people), events as dotted names, facts as keys.

Values of rows, bodies and parameters are never logged; errors by type, SQLSTATE and constraint. A traceback is the
places and the types: the text of an error (a driver's, a validator's) may repeat what was stored or sent.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Literal, cast

import structlog

_PLACES = 8


def configure_logs(service: str, role: str, *, form: Literal["json", "console"] = "json") -> None:
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_without_texts),
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, role=role)
    formatter = structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)
    stream = logging.StreamHandler(sys.stdout)
    stream.setFormatter(formatter)
    stream.addFilter(_AtMostOncePerSecond())
    logging.basicConfig(handlers=[stream], level=logging.WARNING, force=True)


def _without_texts(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> str:
    _, error, _ = exc_info
    return "" if error is None else " <- ".join(_told(error))


def _told(error: BaseException) -> list[str]:
    """The error and what led to it, each with its last places, innermost last; a group with its members."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-_PLACES:]]
    line = f"{type(error).__name__} at {' > '.join(places) or 'unknown'}"
    if isinstance(error, BaseExceptionGroup):
        line += f" of ({'; '.join(' <- '.join(_told(one)) for one in error.exceptions)})"
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [line] if before is None else [line, *_told(before)]


class _AtMostOncePerSecond(logging.Filter):
    """A client library that lost its broker logs thousands of equal lines: let one of each through a second."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        key = (record.name, record.lineno)
        if record.created - self._last.get(key, 0.0) < 1.0:
            return False
        self._last[key] = record.created
        return True


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(module=name))
