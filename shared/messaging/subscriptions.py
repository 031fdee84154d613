"""The type of a service's `subscriptions.py`: what reacts to what."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from shared.contracts.event import Event
from shared.persistence.transaction import Transaction

Reaction = Callable[[Transaction, Any], Awaitable[None]]
Subscriptions = Mapping[type[Event], Reaction]
