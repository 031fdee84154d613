"""W3C trace context, carried along: from the request into the outbox, the record's headers and the next service.

Only the header travels; no spans are recorded here.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def begin_trace(incoming: str | None) -> str:
    """Continues a valid incoming trace, else begins one."""
    trace_id = incoming[3:35] if incoming and _TRACEPARENT.match(incoming) else secrets.token_hex(16)
    traceparent = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    _current.set(traceparent)
    return traceparent


@contextmanager
def traced(traceparent: str | None) -> Iterator[None]:
    """What is done meanwhile belongs to that trace."""
    token = _current.set(traceparent)
    try:
        yield
    finally:
        _current.reset(token)


def current_traceparent() -> str | None:
    return _current.get()
