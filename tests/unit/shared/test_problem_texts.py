"""Validation problems point at fields by name and never repeat a value, whatever the validator's own words are."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import AnyUrl, AwareDatetime, BaseModel, ConfigDict, Discriminator, Field, ValidationError

from shared.web.problems import _invalid_request, pointer

CANARY = "qzx7"


class Colour(StrEnum):
    RED = "red"


class Red(BaseModel):
    kind: Literal["red"]


class Blue(BaseModel):
    kind: Literal["blue"]


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    text: Annotated[str, Field(pattern=r"^[a-c]+$", max_length=3)] = "a"
    number: int = 1
    small: Annotated[int, Field(le=3)] = 1
    amount: Decimal = Decimal(1)
    day: date = date(2026, 1, 1)
    moment: datetime = datetime(2026, 1, 1)  # noqa: DTZ001 - the point is that both kinds are accepted
    aware: AwareDatetime | None = None
    length: timedelta = timedelta(0)
    identity: UUID | None = None
    colour: Colour = Colour.RED
    literal: Literal["red", "blue"] = "red"
    tagged: Annotated[Red | Blue, Discriminator("kind")] | None = None
    either: int | UUID | None = None
    address: IPv4Address | None = None
    url: AnyUrl | None = None
    flag: bool = True
    many: list[int] = []
    table: dict[str, int] = {}
    raw: bytes = b""


BAD_VALUES = [
    CANARY, f"{CANARY}-more", f"2026-{CANARY}", f"http://{CANARY}:x", {"kind": CANARY}, {CANARY: CANARY},
    [CANARY], f"\ud800{CANARY}", 10**30 + 7, f"{CANARY}\x00",
]  # fmt: skip


async def _answer(given: dict[str, Any]) -> bytes:
    with pytest.raises(ValidationError) as failed:
        Everything.model_validate(given)
    errors = [item | {"loc": ("body", *item["loc"])} for item in failed.value.errors()]
    return bytes((await _invalid_request(None, RequestValidationError(errors))).body)  # type: ignore[arg-type] # unused


@pytest.mark.parametrize("field", Everything.model_fields)
async def test_no_validator_repeats_what_was_sent(field: str) -> None:
    refused = 0
    for value in BAD_VALUES:
        try:
            Everything.model_validate({field: value})
        except ValidationError:
            refused += 1
            answer = await _answer({field: value})
            assert CANARY.encode() not in answer.replace(b"/table/" + CANARY.encode(), b"")
            assert b"10000000000000" not in answer
            assert b"/" + field.encode() in answer
    assert refused


@pytest.mark.parametrize("letter", ["q", "z", "%"])
async def test_not_even_one_letter_of_an_identifier_is_repeated(letter: str) -> None:
    answer = await _answer({"identity": letter * 36})
    assert f"`{letter}`".encode() not in answer


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (("body",), ""),
        ((), ""),
        (("body", "items", 0, "name"), "/items/0/name"),
        (("header", "idempotency-key"), "#header/idempotency-key"),
        (("query", "limit"), "#query/limit"),
        (("body", "Jane Doe, born 1990"), "/?"),
        (("body", "a/b~c"), "/?"),
        (("body", "x" * 65), "/?"),
        (("body", "Ünïcode"), "/?"),
        (("body", ""), "/?"),
        (("body", "jane@example.org"), "/?"),
    ],
)
def test_a_pointer_shows_field_names_and_no_made_up_ones(place: tuple[Any, ...], shown: str) -> None:
    assert pointer(place) == shown
