"""The languages somebody speaks and the hours they work, as they are sent and shown."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.alerts.domain.languages import canonical
from services.alerts.usecases.workforce.change_record import Profile
from shared.kernel.vocabulary import Employment


def _language(tag: str) -> str:
    written = canonical(tag)
    if written is None:
        raise ValueError("is not the code of a language (BCP 47: en, es-419, zh-Hant)")
    return written


Language = Annotated[str, Field(max_length=20), AfterValidator(_language)]


class ProfileBody(BaseModel):
    """`languages`: BCP 47 codes. `weekly_hours`: of a part-time worker's week; absent for full time."""

    model_config = ConfigDict(extra="forbid")

    languages: list[Language] = Field(default=[], max_length=20)
    employment: Employment = Employment.FULL_TIME
    weekly_hours: Annotated[int, Field(strict=True, ge=1, le=60)] | None = None

    def profile(self) -> Profile:
        return Profile(tuple(sorted(set(self.languages))), self.employment, self.weekly_hours)
