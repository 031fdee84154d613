"""The shape of every message that webhooks carry, as receivers are promised it. `messages.py` makes them.

Published as golden JSON Schemas in `message_schemas/`, which never change once they are released: inside a type only
optional fields are added, under the next number. Receivers ignore fields and types that they do not know. No message
has a name, an address or free text.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, create_model

from services.alerts.domain.pages import PageKind
from services.alerts.message_links import (
    AssignmentLinks,
    CheckInLinks,
    Details,
    EndpointLinks,
    ExposureLinks,
    OfferLinks,
    PageLinks,
    TestPageLinks,
    TradeLinks,
    TriageLinks,
    TriagePageLinks,
)
from shared.contracts.event import Part
from shared.contracts.fields import P1, Count, DottedCode, Flag, Instant, OpaqueId, PublicName
from shared.kernel.vocabulary import DispatchRole

FOLDER = Path(__file__).parent / "message_schemas"
_P1: Any = {"x-privacy": "P1"}
Role = Annotated[DispatchRole, P1]


class _OfAnIncident(Part):
    """`area`: a community's or cluster's name, never an address. `exercise`: a drill."""

    incident_id: OpaqueId
    exercise: Flag
    area: PublicName | None


class _Offer(_OfAnIncident):
    offer_id: OpaqueId
    role: Role
    stage_only: Flag
    acknowledge_by: Instant
    accept_by: Instant
    links: OfferLinks


class _Assignment(_OfAnIncident):
    offer_id: OpaqueId
    assignment_id: OpaqueId
    role: Role
    stage_only: Flag
    links: AssignmentLinks


class _CheckIn(_OfAnIncident):
    offer_id: OpaqueId
    assignment_id: OpaqueId
    due_at: Instant | None
    missed_at: Instant | None
    links: CheckInLinks


class _Notice(_OfAnIncident):
    offer_id: OpaqueId
    links: Details


class _Ended(_Notice):
    """`merged_into`: it turned out to be that incident."""

    merged_into: OpaqueId | None = None


class _Extended(_Notice):
    accept_by: Instant | None = None


class _Page(Part):
    """About an incident, or about Truce itself. `round`: how often it was sent before somebody acknowledged."""

    page_id: OpaqueId
    subject: DottedCode
    round: Count
    links: PageLinks
    incident_id: OpaqueId | None = None
    exercise: Flag | None = None
    area: PublicName | None = None


class _ExhaustedPage(_Page):
    """`roles`: those that nobody is left for."""

    roles: tuple[Role, ...] | None = None


class _TriagePage(_Page):
    links: TriagePageLinks


class _Triage(_OfAnIncident):
    due_at: Instant
    links: TriageLinks


class _PlanSteps(_OfAnIncident):
    """`step_ids`: of the response plan; not done, and their day is over."""

    step_ids: Annotated[tuple[OpaqueId, ...], Field(min_length=1)]
    links: TriageLinks


class _Rest(Part):
    """`exposures`: at how many incidents with victims the person was lately."""

    interrupter_id: OpaqueId
    exposures: Count
    links: ExposureLinks


class _Trade(Part):
    trade_id: OpaqueId
    links: TradeLinks


class _Endpoint(Part):
    endpoint_id: OpaqueId
    links: EndpointLinks


class _FailingEndpoint(_Endpoint):
    interrupter_id: OpaqueId


class _TestPage(Part):
    """`test` is always true: nothing is asked, it is to be acknowledged."""

    test: Flag
    test_page_id: OpaqueId
    answer_by: Instant
    links: TestPageLinks


class Message(Part):
    TYPE: ClassVar[str]
    SCHEMA: ClassVar[int] = 1

    @classmethod
    def schema_name(cls) -> str:
        return f"{cls.TYPE}/{cls.SCHEMA}"


def _message(kind: str, data: type[Part], number: int) -> type[Message]:
    named = Annotated[str, Field(pattern=f"^{re.escape(kind)}$", json_schema_extra=_P1)]
    model = create_model(kind, __base__=Message, type=(named, ...), data=(data, ...))
    model.TYPE, model.SCHEMA = kind, number
    return model


_SHAPES: Mapping[str, type[Part]] = {
    "truce.offer.made": _Offer,
    "truce.offer.taken": _Notice,
    "truce.offer.withdrawn": _Ended,
    "truce.offer.extended": _Extended,
    "truce.assignment.made": _Assignment,
    "truce.assignment.reassigned": _Notice,
    "truce.assignment.stood_down": _Ended,
    "truce.check_in.due": _CheckIn,
    **{f"truce.page.{kind}": _Page for kind in PageKind},
    f"truce.page.{PageKind.EXHAUSTED}": _ExhaustedPage,
    f"truce.page.{PageKind.TRIAGE_OVERDUE}": _TriagePage,
    "truce.triage.due_soon": _Triage,
    "truce.plan_step.overdue": _PlanSteps,
    "truce.scene.clear": _Notice,
    "truce.scene.threat": _Notice,
    "truce.scene.moved": _Notice,
    "truce.rest.suggested": _Rest,
    "truce.shift_trade.requested": _Trade,
    "truce.shift_trade.effective": _Trade,
    "truce.shift_trade.declined": _Trade,
    "truce.shift_trade.withdrawn": _Trade,
    "truce.shift_trade.lapsed": _Trade,
    "truce.endpoint.test": _Endpoint,
    "truce.test_page": _TestPage,
    "truce.endpoint.failing": _FailingEndpoint,
}
# The first number, but for what has got further fields since.
_NUMBERS = {
    "truce.test_page": 2,
    "truce.offer.taken": 2,
    "truce.offer.withdrawn": 3,
    "truce.offer.extended": 3,
    "truce.assignment.made": 2,
    "truce.page.exhausted": 2,
    "truce.assignment.reassigned": 2,
    "truce.assignment.stood_down": 3,
    "truce.triage.due_soon": 2,
    "truce.plan_step.overdue": 2,
    "truce.scene.clear": 2,
    "truce.scene.threat": 2,
    "truce.scene.moved": 2,
    "truce.rest.suggested": 2,
    "truce.shift_trade.requested": 2,
    "truce.shift_trade.effective": 2,
    "truce.shift_trade.declined": 2,
    "truce.shift_trade.withdrawn": 2,
    "truce.shift_trade.lapsed": 2,
    "truce.endpoint.test": 2,
    "truce.endpoint.failing": 2,
}
MESSAGES: Mapping[str, type[Message]] = {
    kind: _message(kind, shape, _NUMBERS.get(kind, 1)) for kind, shape in _SHAPES.items()
}

KINDS = tuple(sorted(name.removeprefix("truce.") for name in MESSAGES))


def kind_named(said: str) -> str:
    """The log's word for a type of message, which begins with `truce.` in the message itself. Raises ValueError."""
    kind = said.removeprefix("truce.")
    if kind not in KINDS:
        raise ValueError(f"is none of {', '.join(KINDS)}")
    return kind


def surplus(content: Mapping[str, Any]) -> set[str]:
    """Fields of a message that its published shape does not have. Raises for one that breaks it, KeyError for a type
    that was never published.
    """
    known = MESSAGES[content["type"]].model_validate(content).model_dump(mode="json", exclude_unset=True)
    return set(_paths(content)) - set(_paths(known))


def _paths(value: Any, path: str = "") -> list[str]:
    if not isinstance(value, Mapping):
        return [path]
    return [found for name, inner in value.items() for found in _paths(inner, f"{path}/{name}")]
