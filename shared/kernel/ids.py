"""Identifiers. Time-ordered ids keep inserts local; random ids reveal nothing about when or how many.

Neither is a commit order: whatever needs an order has its own identity column.
"""

import secrets
from uuid import UUID

from shared.kernel.clock import unix_ms


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits."""
    value = (unix_ms() & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def random_id() -> UUID:
    """A UUIDv4, for ids seen outside that must not tell when they were made."""
    value = secrets.randbits(128) & ~(0xF << 76) | 0x4 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
