"""How every service spells the columns of its rows, so that an instant is an instant everywhere: aware, never local.

A service's own row class has a registry of its own (`class AlertsRow(SQLModel, registry=registry())`), for SQLModel's
metadata is one global for all services in a process.
"""

from typing import Any

from sqlalchemy import DateTime
from sqlmodel import Field


def instant() -> Any:
    return Field(sa_type=DateTime(timezone=True))


def maybe_instant() -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True))
