"""The only kinds of field an event may have, each with its privacy class (DESIGN §11).

P0 public, P1 opaque ids and coded facts, P2 exact places (operational topics only). There is no P3 kind, and no free
text: what cannot be spelled with these types cannot be published.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field


class PrivacyClass(StrEnum):
    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


def _marked(privacy: PrivacyClass, **rules: Any) -> Any:
    return Field(json_schema_extra={"x-privacy": privacy.value}, **rules)


P0 = _marked(PrivacyClass.P0)
P1 = _marked(PrivacyClass.P1)
P2 = _marked(PrivacyClass.P2)

OpaqueId = Annotated[UUID, P1]
# Times that no office lives to see, or that some clock or database cannot hold, are a sender's fault.
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Instant = Annotated[AwareDatetime, _marked(PrivacyClass.P1, ge=_EARLIEST, lt=_LATEST)]
Flag = Annotated[bool, P1]
Count = Annotated[int, _marked(PrivacyClass.P1, ge=0, le=1_000_000_000)]
Version = Annotated[int, _marked(PrivacyClass.P1, ge=1)]
Metres = Annotated[float, _marked(PrivacyClass.P1, ge=0, allow_inf_nan=False)]
Code = Annotated[str, _marked(PrivacyClass.P1, pattern=r"^[a-z0-9_]{1,64}$")]
DottedCode = Annotated[str, _marked(PrivacyClass.P1, pattern=r"^[a-z0-9_./-]{1,200}$")]
AreaId = Annotated[str, _marked(PrivacyClass.P0, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
PublicName = Annotated[str, _marked(PrivacyClass.P0, pattern=r"^[^\x00-\x1f\x7f]{1,120}$")]
CallSign = Annotated[str, _marked(PrivacyClass.P1, pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
LanguageTag = Annotated[str, _marked(PrivacyClass.P1, pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
Latitude = Annotated[float, _marked(PrivacyClass.P2, ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, _marked(PrivacyClass.P2, ge=-180, le=180, allow_inf_nan=False)]
