"""What a policy says about people on scene and about what follows: read when it is loaded and when it is used.

Policies that were stored before these fields existed get the defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.alerts.domain.check_ins import CheckInTimes
from services.alerts.domain.exposure import ExposureTerms

_A_DAY_S = 86_400
_A_MONTH_S = 31 * _A_DAY_S


class ResponderFields(BaseModel):
    """In seconds: a check-in is due so long after the last sign of life; so long after that the person is asked for
    it; so long after having been asked it counts as missed. So long before a triage is due its supervisors are
    reminded. A rest is suggested after every `exposure_threshold` incidents with victims within the window.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    check_in_every_s: float = Field(default=1800, gt=0, le=_A_MONTH_S)
    check_in_warning_s: float = Field(default=120, ge=0, le=_A_MONTH_S)
    check_in_missed_s: float = Field(default=480, gt=0, le=_A_MONTH_S)
    triage_remind_before_s: float = Field(default=4 * 3600, ge=0, le=_A_MONTH_S)
    exposure_window_s: float = Field(default=30 * _A_DAY_S, gt=0, le=12 * _A_MONTH_S)
    exposure_threshold: int = Field(default=3, ge=1, le=1000)


@dataclass(frozen=True)
class ResponderTerms:
    check_in: CheckInTimes
    triage_remind_before: timedelta
    exposure: ExposureTerms
    page_repeat_s: int


def responder_terms_of(body: Mapping[str, Any]) -> ResponderTerms:
    """From a stored policy."""
    fields = ResponderFields.model_validate(body)
    return ResponderTerms(
        check_in=CheckInTimes(
            every=timedelta(seconds=fields.check_in_every_s),
            warning=timedelta(seconds=fields.check_in_warning_s),
            missed=timedelta(seconds=fields.check_in_missed_s),
        ),
        triage_remind_before=timedelta(seconds=fields.triage_remind_before_s),
        exposure=exposure_terms_of(body),
        page_repeat_s=int(body["page_repeat_s"]),
    )


def exposure_terms_of(body: Mapping[str, Any]) -> ExposureTerms:
    """From a stored policy, or from nothing: the defaults."""
    fields = ResponderFields.model_validate(body)
    return ExposureTerms(timedelta(seconds=fields.exposure_window_s), fields.exposure_threshold)
