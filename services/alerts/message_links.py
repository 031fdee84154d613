"""Where a message leads: paths of this service, and the page on which a person acts without app or token."""

from typing import Annotated, Any

from pydantic import Field

from shared.contracts.event import Part

_P1: Any = {"x-privacy": "P1"}
ApiPath = Annotated[str, Field(pattern=r"^/v1/[A-Za-z0-9/_=?-]{1,200}$", json_schema_extra=_P1)]
# In the queue a placeholder stands for it.
ResponsePage = Annotated[str, Field(pattern=r"^(https?://[!-~]{1,500}|\{respond\})$", json_schema_extra=_P1)]


class Details(Part):
    details: ApiPath
    respond: ResponsePage | None = None


class OfferLinks(Details):
    """`respond`: a whole address, a page on which a person acts without app or token."""

    acknowledge: ApiPath
    accept: ApiPath
    decline: ApiPath
    respond: ResponsePage | None = None


class AssignmentLinks(Details):
    en_route: ApiPath
    on_scene: ApiPath
    check_in: ApiPath
    clear: ApiPath
    give_back: ApiPath | None = None
    respond: ResponsePage | None = None


class CheckInLinks(Part):
    check_in: ApiPath
    clear: ApiPath
    respond: ResponsePage | None = None


class PageLinks(Part):
    acknowledge: ApiPath
    explain: ApiPath | None = None
    respond: ResponsePage | None = None


class TriageLinks(Part):
    triage: ApiPath
    respond: ResponsePage | None = None


class TriagePageLinks(PageLinks):
    triage: ApiPath


class ExposureLinks(Part):
    exposure: ApiPath
    respond: ResponsePage | None = None


class TradeLinks(Details):
    agree: ApiPath | None = None
    decline: ApiPath | None = None


class EndpointLinks(Part):
    endpoint: ApiPath
    deliveries: ApiPath | None = None
    respond: ResponsePage | None = None


class TestPageLinks(Part):
    acknowledge: ApiPath
    respond: ResponsePage | None = None
