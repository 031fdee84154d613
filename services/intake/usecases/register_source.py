"""Register a source: by the office, with all that is to hold for it, or by itself with its first report.

One identity is one source, whoever comes first: the unique index decides.
"""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.sources import Speaker, Trust, default_limit
from shared.kernel.errors import AlreadyExists
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import SourceKind
from shared.persistence.transaction import Transaction

_REGISTER = """
INSERT INTO sources (id, source, version, kind, trust, reports_per_minute, quiet_after_s, registered_at, changed_by,
                     changed_at)
VALUES (:id, :source, 1, :kind, :trust, :reports_per_minute, :quiet_after_s, app_now(), :changed_by, app_now())
ON CONFLICT (source) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a source. None: no limit; its usual silence is learned."""

    kind: SourceKind
    trust: Trust
    reports_per_minute: int | None
    quiet_after_s: int | None

    def named(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


async def register_source(tx: Transaction, source: str, terms: Terms, by: str) -> UUID:
    """Raises AlreadyExists, also for one that registered by itself: that one is changed."""
    source_id = new_id()
    if await tx.run(_REGISTER, id=source_id, source=source, changed_by=by, **terms.named()) == 0:
        raise AlreadyExists("This identity is registered already; change that source.")
    return source_id


async def register_if_new(tx: Transaction, speaker: Speaker) -> None:
    """`speaker`: in their own name. In the transaction of their first report, so that one who says nothing that can be
    taken is not registered.
    """
    if speaker.is_new:
        terms = Terms(speaker.kind, speaker.trust, default_limit(speaker.kind), None)
        await tx.run(_REGISTER, id=new_id(), source=speaker.source, changed_by=None, **terms.named())
