"""A ranking as it is kept: those left out stand in it by the reason."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any


def left_out_of(kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Person by person, in the order of their ids. In rankings of before each person has an entry of their own."""
    found = [
        {"interrupter_id": who, "reason": one["reason"], "step": one.get("step")}
        for one in kept
        for who in (one["people"] if "people" in one else [one["interrupter_id"]])
    ]
    return sorted(found, key=itemgetter("interrupter_id"))
