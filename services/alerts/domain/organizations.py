"""An organization as it is to be: what a caller or a programme's data asks to be registered."""

from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.terms import Term


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """`subcontractor_of`: its main contractor."""

    id: UUID
    name: str
    subcontractor_of: UUID | None
    coverage: tuple[Term, ...]
