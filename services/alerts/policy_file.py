"""The dispatch policy as a programme writes it down: general terms, and rules that change them for some incidents.

What is stored is this file's own content, so that a policy of years ago is read as it was written.
"""

from datetime import time
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, TypeAdapter, ValidationError, field_validator, model_validator

from services.alerts.domain.policy import TEXTS_PER_MINUTE
from services.alerts.programme_files import Section, in_one_line
from services.alerts.responder_terms import ResponderFields
from shared.contracts.fields import Code
from shared.kernel.vocabulary import DispatchRole, EscalationTarget, IncidentKind, MayWait

_A_MONTH_S = 31 * 86_400
Seconds = Annotated[float, Field(ge=0, le=_A_MONTH_S, allow_inf_nan=False)]
SomeSeconds = Annotated[float, Field(gt=0, le=_A_MONTH_S, allow_inf_nan=False)]
Radius = Annotated[float, Field(gt=0, allow_inf_nan=False)]
People = Annotated[int, Field(ge=1, le=20)]
Hours = Annotated[float, Field(gt=0, le=168, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=20)]
TextKind = Literal["sms", "email", "chat"]
Texts = Annotated[int, Field(ge=1, le=60)]
_TEXTS: TypeAdapter[int] = TypeAdapter(Texts)
_TEXTS_BY_KIND: TypeAdapter[dict[TextKind, int]] = TypeAdapter(Annotated[dict[TextKind, Texts], Field(min_length=1)])
Target = Literal["first_attempt_s", "acknowledged_s", "accepted_s", "on_scene_s", "triage_s"]


class StepSection(Section):
    to: EscalationTarget
    after_s: SomeSeconds


class TermsSection(Section):
    """What a rule may say otherwise for its incidents. Waits in seconds.

    `radius_steps_m`: people are asked within the first radius that holds enough of them; `null`: however far.
    `escalation`: after how long without anybody who has the role which desk is told, beside asking on.
    """

    parallel_offers: People
    acknowledge_within_s: SomeSeconds
    accept_within_s: SomeSeconds
    undelivered_after_s: SomeSeconds
    location_max_age_s: Seconds
    rest_s: Seconds
    radius_steps_m: tuple[Radius | None, ...] = Field(min_length=1, max_length=10)
    page_repeat_s: int = Field(ge=1, le=_A_MONTH_S)
    on_scene_within_s: SomeSeconds
    hand_back_after_s: SomeSeconds
    escalation: tuple[StepSection, ...] = Field(min_length=1, max_length=10)

    @field_validator("radius_steps_m")
    @classmethod
    def _widening(cls, steps: tuple[float | None, ...]) -> tuple[float | None, ...]:
        wide = [float("inf") if step is None else step for step in steps]
        if any(later <= earlier for earlier, later in pairwise(wide)):
            raise ValueError("each radius must be wider than the one before; null, the widest, may only come last")
        return steps

    @field_validator("escalation")
    @classmethod
    def _somebody_ends_up_knowing(cls, steps: tuple[StepSection, ...]) -> tuple[StepSection, ...]:
        if any(later.after_s <= earlier.after_s for earlier, later in pairwise(steps)):
            raise ValueError("each step must come later than the one before")
        if steps[-1].to is not EscalationTarget.DISPATCHER:
            raise ValueError("the last step must be the dispatcher, so that somebody always ends up knowing")
        return steps

    @model_validator(mode="after")
    def _acknowledged_before_accepted(self) -> Self:
        if self.acknowledge_within_s > self.accept_within_s:
            raise ValueError("acknowledge_within_s is longer than accept_within_s")
        return self


class WhenSection(Section):
    """Everything that is said must be so. `anyone_hurt`: somebody was injured, or a hospital reported it."""

    kinds: tuple[IncidentKind, ...] | None = Field(default=None, min_length=1)
    anyone_hurt: StrictBool | None = None
    anyone_killed: StrictBool | None = None
    juvenile_involved: StrictBool | None = None
    exercise: StrictBool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("is empty: say for which incidents, or write it into the general terms")
        return self


class RuleSection(Section):
    """`roles`: added to those wanted, or wanted in another number; 0: not wanted after all. `targets`: those that
    differ from the general ones.
    """

    name: Code
    when: WhenSection
    roles: dict[DispatchRole, Count] = Field(default_factory=dict)
    terms: dict[str, Any] = Field(default_factory=dict)
    targets: dict[Target, SomeSeconds] = Field(default_factory=dict)

    @field_validator("roles")
    @classmethod
    def _somebody_goes_to_the_scene(cls, roles: dict[DispatchRole, int]) -> dict[DispatchRole, int]:
        if roles.get(DispatchRole.SCENE) == 0:
            raise ValueError("scene is always wanted: no rule may set it to 0")
        return roles


class QuietHoursSection(Section):
    """Local time of the programme, `HH:MM`. `waits`: what is kept until `until`; nothing else can be."""

    begin: time = Field(alias="from")
    end: time = Field(alias="until")
    waits: tuple[MayWait, ...]


class WeeklyHoursSection(Section):
    """Of a full-time week. `on_duty_counts`: against all of them, or against the hours of engagement alone."""

    engagement: Hours
    other: Hours
    on_duty_counts: Literal["all", "engagement"]


class TargetsSection(Section):
    """How soon after activation. For reporting; they are kept with the policy that they judge."""

    first_attempt_s: SomeSeconds
    acknowledged_s: SomeSeconds
    accepted_s: SomeSeconds
    on_scene_s: SomeSeconds
    triage_s: SomeSeconds


class PolicyFile(ResponderFields, TermsSection):
    """`roster_ahead_days`: how soon a gap in a roster is told; 0: never. `texts_per_minute`: to one phone, one
    number or one for each kind that differs from the default; what is urgent counts and is never held back.
    """

    name: Code
    roles: dict[DispatchRole, People]
    rules: tuple[RuleSection, ...] = Field(max_length=50)
    quiet_hours: QuietHoursSection
    weekly_hours: WeeklyHoursSection | None = None
    roster_ahead_days: int = Field(default=0, ge=0, le=14)
    texts_per_minute: int | dict[TextKind, int] = TEXTS_PER_MINUTE
    targets: TargetsSection

    @field_validator("roles")
    @classmethod
    def _somebody_goes_to_the_scene(cls, roles: dict[DispatchRole, int]) -> dict[DispatchRole, int]:
        if DispatchRole.SCENE not in roles:
            raise ValueError("scene is always wanted")
        return roles

    @field_validator("texts_per_minute", mode="plain")
    @classmethod
    def _one_number_or_one_for_each_kind(cls, said: Any) -> int | dict[TextKind, int]:
        """Which of the two is meant shows, so that a mistake is told of that one alone."""
        try:
            return _TEXTS_BY_KIND.validate_python(said) if isinstance(said, dict) else _TEXTS.validate_python(said)
        except ValidationError as error:
            raise ValueError(in_one_line(error)) from None

    @model_validator(mode="after")
    def _each_rule_can_be_followed(self) -> Self:
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise ValueError("/rules two rules have the same name")
        own = self.model_dump(mode="json", include=set(TermsSection.model_fields))
        for index, rule in enumerate(self.rules):
            try:
                TermsSection.model_validate({**own, **rule.terms})
            except ValidationError as error:
                raise ValueError(in_one_line(error, below=f"/rules/{index}/terms")) from None
        return self

    def body(self) -> dict[str, Any]:
        """As it is stored."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
