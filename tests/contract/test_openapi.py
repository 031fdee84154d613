"""The HTTP interfaces as published: no service's OpenAPI changes without its snapshot saying so in the same change."""

import json
from typing import Any

import pytest

from shared.contracts.topics import SERVICES
from tests.contract.renew_openapi import SNAPSHOTS, snapshot_of
from tests.support.apps import app_of, routes_of

every_service = pytest.mark.parametrize("service", SERVICES)

# The page behind a message's link: people read it, no program does, and a link that was sent must stay good.
FOR_PEOPLE = {"alerts": {"/r/{token}"}}
FIXED = {
    "intake": {
        ("POST", "/v1/reports"),
        ("GET", "/v1/incidents"),
        *(
            ("POST", f"/v1/incidents/{{id}}/{verb}")
            for verb in ("verify", "activate", "reclassify", "screen-out", "close")
        ),
    },
    "alerts": {
        ("GET", "/v1/dispatches/{id}"),
        ("GET", "/v1/dispatches/{id}/explain"),
        *(("POST", f"/v1/offers/{{id}}/{verb}") for verb in ("acknowledge", "accept", "decline")),
        *(("POST", f"/v1/assignments/{{id}}/{verb}") for verb in ("en-route", "on-scene", "clear")),
        ("PUT", "/v1/interrupters/{id}/location"),
        ("POST", "/v1/webhook-endpoints"),
    },
    "casework": {
        ("POST", "/v1/participants"),
        ("POST", "/v1/cases"),
        ("POST", "/v1/cases/{id}/handoffs"),
        *(("POST", f"/v1/handoffs/{{id}}/{verb}") for verb in ("accept", "reject", "revoke")),
    },
    "reporting": {("GET", "/v1/kpis"), ("GET", "/v1/kpis/{id}")},
}


def operations(service: str) -> set[tuple[str, str]]:
    """(method, path) with every parameter of a path called `id`: their names may change, their places may not."""
    paths: dict[str, dict[str, Any]] = json.loads((SNAPSHOTS / f"{service}.json").read_text())["paths"]
    return {(method.upper(), unnamed(path)) for path, item in paths.items() for method in item}


def unnamed(path: str) -> str:
    return "/".join("{id}" if part.startswith("{") else part for part in path.split("/"))


@every_service
def test_the_interface_is_the_committed_one(service: str) -> None:
    committed = (SNAPSHOTS / f"{service}.json").read_text()
    assert snapshot_of(service) == committed, "it changed: python -m tests.contract.renew_openapi, then read the diff"


@every_service
def test_it_is_openapi_3_1_and_everything_in_it_is_versioned(service: str) -> None:
    document = json.loads((SNAPSHOTS / f"{service}.json").read_text())
    assert document["openapi"].startswith("3.1.")
    assert {path for path in document["paths"] if not path.startswith("/v1/")} == FOR_PEOPLE.get(service, set())


@every_service
def test_the_fixed_paths_are_there(service: str) -> None:
    assert FIXED[service] - operations(service) == set()


@every_service
def test_every_route_that_can_be_called_is_in_it(service: str) -> None:
    served = {
        (method, unnamed(route.path.replace(":path}", "}")))
        for route in routes_of(app_of(service))
        for method in route.methods
    }
    under_v1 = {(method, path) for method, path in served if path.startswith("/v1/")}
    assert under_v1 == {(method, path) for method, path in operations(service) if path.startswith("/v1/")}


@every_service
def test_every_operation_has_a_name_of_its_own(service: str) -> None:
    paths = json.loads((SNAPSHOTS / f"{service}.json").read_text())["paths"]
    names = [operation["operationId"] for item in paths.values() for operation in item.values()]
    assert len(names) == len(set(names))
