"""Who is calling, as far as a verified token says."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    SOURCE = "source"
    DISPATCHER = "dispatcher"
    INTERRUPTER = "interrupter"
    SUPERVISOR = "supervisor"
    CASE_MANAGER = "case_manager"
    NAVIGATOR = "navigator"
    PROGRAM_OFFICE = "program_office"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True)
class Principal:
    """`organization` and `worker` bind the caller to one contractor and one person's own record, if they are set.

    `source_kind` is what kind of source a machine or desk is (police, hospital …), for those who report.
    """

    subject: str
    roles: frozenset[Role]
    organization: UUID | None = None
    worker: UUID | None = None
    source_kind: str | None = None

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)
