"""Planted: the relay marks events as published in the transaction that takes them, before the broker has them."""

from uuid import UUID

from shared.messaging.relay import run
from shared.messaging.relay.claim import Claim
from shared.messaging.relay.settle import mark_published
from shared.persistence.transaction import Transaction


def plant(process: str) -> None:
    if not process.endswith("-stream"):
        return
    claim = run.claim

    async def claim_and_mark(tx: Transaction, holder: UUID, *more: object) -> Claim | None:
        claimed = await claim(tx, holder, *more)
        if claimed is not None and claimed.rows:
            await mark_published(tx, claimed)
        return claimed

    run.claim = claim_and_mark
