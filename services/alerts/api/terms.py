"""Terms as they are sent and shown: licences and coverage alike."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.alerts.domain.terms import Term
from shared.contracts.fields import AreaId


class TermBody(BaseModel):
    """`until_day` is the first day on which it no longer holds; null: until told otherwise."""

    model_config = ConfigDict(extra="forbid")

    community: AreaId
    from_day: date
    until_day: date | None = None

    def term(self) -> Term:
        return Term(self.community, self.from_day, self.until_day)

    @classmethod
    def of(cls, term: Term) -> "TermBody":
        return cls(community=term.community, from_day=term.from_day, until_day=term.until_day)


def communities_of(terms: Sequence[TermBody], pointer: str = "") -> dict[str, str]:
    """By their place in the body; `pointer`: of the list."""
    return {f"{pointer}/{place}/community": one.community for place, one in enumerate(terms)}


TermList = Annotated[list[TermBody], Field(max_length=500)]
