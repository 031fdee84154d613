"""What a database error means: PostgreSQL's SQLSTATE classes, sorted by what one may do about them."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# The driver's own: on a connection that the server has ended, but whose end was not read yet, it is the second.
_CLIENT_ERRORS = (asyncpg.InterfaceError, asyncpg.InternalClientError)
# Whatever a database may fail with: the driver's errors, those of the row objects' layer, and the network's.
DATABASE_ERRORS = (asyncpg.PostgresError, *_CLIENT_ERRORS, SQLAlchemyError, OSError)
_RETRY = ("40001", "40P01", "55P03", "57P01", "57P02", "57P03", "25P03")
# Connections, and the server's own resources and disks: a full disk is not the fault of the work that met it.
_RETRY_CLASSES = ("08", "53", "58")


def sqlstate(error: BaseException) -> str | None:
    for candidate in _originals(error):
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
    if any(isinstance(original, asyncpg.InvalidCachedStatementError) for original in _originals(error)):
        return True  # a migration changed what a prepared statement returns; it is prepared anew
    state = sqlstate(error)
    if state is None:
        return isinstance(error, (OperationalError, OSError, *_CLIENT_ERRORS))
    return state in _RETRY or state[:2] in _RETRY_CLASSES


def constraint(error: BaseException) -> str | None:
    """Name of the violated constraint. Values are never read out of an error."""
    for candidate in _originals(error):
        name = getattr(candidate, "constraint_name", None)
        if isinstance(name, str):
            return name
    return None


def _originals(error: BaseException) -> tuple[BaseException | None, ...]:
    """The driver's error, as the engine wraps it, and what the driver's adapter made it from."""
    original = getattr(error, "orig", error)
    return original, getattr(original, "__cause__", None)
