"""Accounts of a shooting at nine, everything defaulted but the fact under test."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.domain.activation import Timing
from services.intake.domain.sameness import Account, Certain, Different, Number, Possible, SamenessRule, judge
from shared.kernel.geo import Point, metres_per_degree
from shared.kernel.vocabulary import IncidentKind, IncidentState, Relationship, SourceKind, TimePrecision, Weapon

NINE = datetime(2022, 8, 20, 21, 0, tzinfo=UTC)
RULE = SamenessRule(
    certain_within=timedelta(minutes=10),
    certain_within_m=250.0,
    possible_within=timedelta(hours=1),
    possible_within_m=600.0,
    late={SourceKind.POLICE: timedelta(minutes=278)},
)


def account(
    *, metres: float = 0, minutes: float = 0, precision: TimePrecision = TimePrecision.MINUTE, **said: Any
) -> Account:
    at = NINE + timedelta(minutes=minutes)
    facts: dict[str, Any] = {
        "kind": IncidentKind.SHOOTING,
        "weapon": Weapon.UNKNOWN,
        "relationship": Relationship.UNKNOWN,
        "source_kind": SourceKind.RESIDENT,
        "timing": Timing(at, precision, None),
        "point": Point(38.9 + metres / metres_per_degree(38.9)[0], -77.0),
        "accuracy_m": None,
        "exercise": False,
    }
    return Account(**facts | said)


def judged(
    told: Account, known: Account, state: IncidentState = IncidentState.ACTIVATED, *, number: Number = Number.SILENT
) -> Certain | Possible | Different:
    return judge(told, known, RULE, state=state, number=number)
