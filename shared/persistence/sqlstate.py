"""What a database error means: PostgreSQL's SQLSTATE classes, sorted by what one may do about them."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_RETRY = ("40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03", "25P03")
_RETRY_CLASSES = ("08",)


def sqlstate(error: BaseException) -> str | None:
    original = getattr(error, "orig", error)
    cause = getattr(original, "__cause__", None)
    for candidate in (original, cause):
        state = getattr(candidate, "sqlstate", None)
        if isinstance(state, str):
            return state
    return None


def is_transient(error: BaseException) -> bool:
    """True if the same work may succeed when done again: serialization, deadlock, lost or refused connection."""
    if isinstance(error, PoolTimeoutError | ConnectionError | InterfaceError | TimeoutError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = sqlstate(error)
    if state is None:
        return isinstance(error, OperationalError | OSError | asyncpg.InterfaceError)
    return state in _RETRY or state[:2] in _RETRY_CLASSES


def constraint(error: BaseException) -> str | None:
    """Name of the violated constraint. Values are never read out of an error."""
    original = getattr(error, "orig", error)
    for candidate in (original, getattr(original, "__cause__", None)):
        name = getattr(candidate, "constraint_name", None)
        if isinstance(name, str):
            return name
    return None
