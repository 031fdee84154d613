"""Moves a service's business clock, as DESIGN §5 has it: `app_now()` is replaced by one with an offset."""

from datetime import timedelta

import asyncpg

_APP_NOW = "CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS "


async def shift_app_now(dsn: str, by: timedelta) -> None:
    """The engines see it with their next look, some tenths of a second later."""
    connection = await asyncpg.connect(dsn)
    try:
        seconds = by.total_seconds()
        await connection.execute(f"{_APP_NOW} $$SELECT transaction_timestamp() + interval '{seconds} seconds'$$")
    finally:
        await connection.close()
