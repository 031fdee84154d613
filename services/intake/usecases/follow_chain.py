"""Find the chain that a message continues: it need name but one of those before it, and its source has sent them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from services.intake.domain.report import Report
from services.intake.queries.chains import chain_of
from shared.persistence.transaction import Transaction


async def follow_chain(tx: Transaction, report: Report, own: str, earlier: Sequence[str]) -> Report:
    """The report as one of its chain, in which two messages that say the same are two. To be taken under this
    transaction's locks.
    """
    reference = await chain_of(tx, report.source, own, earlier) or report.source_ref
    digest = report.content_sha256
    if own != report.source_ref:
        digest = hashlib.sha256(digest + own.encode()).digest()
    return replace(report, source_ref=reference, content_sha256=digest, message_id=own)
