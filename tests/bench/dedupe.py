"""How well the rule tells events apart (`make bench-dedupe`): nothing but the rule runs here, on real times and places.

Three questions. Of real rows alone, told as if by different sources: how often are two different cases certainly one?
Of the real rows that repeat a case: are they found? And in a city where each real event is told by several (`told_city`
says what is derived): how much of what is told again is attached, linked, or missed, and how much is wrong? The sweep
shows the same for other numbers.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

from rich.console import Console
from rich.table import Table

from services.intake.domain.activation import Timing
from services.intake.domain.neighbourhood import cell_of, neighbourhood
from services.intake.domain.recognition import Known, Recognised, recognise
from services.intake.domain.sameness import NUMBERS_EVENTS, Account, Certain, Different, Number, SamenessRule, judge
from services.intake.programme import load_programme
from shared.kernel.vocabulary import IncidentState, SourceKind, TimePrecision
from tests.bench.crowded_city import PROGRAMME
from tests.bench.figures import conclude
from tests.bench.told_city import Event, Told, account_of, real_events, told_city

SEED = 20
# Of what is attached, so much must belong there; of what is told again, so much must be attached or linked; of real
# rows of different cases, no more may be taken for one.
PRECISION, FOUND, REAL_WRONG = 0.999, 0.94, 0.0005
_SWEPT = (
    "real_wrongly_certain",
    "certain_precision",
    "exact_attached",
    "exact_found",
    "police_found",
    "pairs_per_100_told",
    "pairs_right_share",
)
_OPEN = IncidentState.REPORTED


class City:
    """What intake knows after each report, in memory: incidents by cell, and of which case each truly is."""

    def __init__(self, rule: SamenessRule) -> None:
        self._rule = rule
        self._cells: dict[int, list[Known]] = defaultdict(list)
        self._cases: list[str] = []
        self._heard: dict[UUID, set[SourceKind]] = {}
        self._known: set[str] = set()
        self.counts: Counter[str] = Counter()

    def hear(self, told: Told) -> None:
        again, source = told.case in self._known, told.account.source_kind
        who = "police" if source is SourceKind.POLICE else "exact"
        self._known.add(told.case)
        found = recognise(told.account, self._around(told.account), self._rule)
        self.counts["told"] += 1
        self.counts[f"{who}_again"] += again
        if isinstance(found, Recognised):
            right = self._cases[found.incident_id.int] == told.case
            self.counts[f"{who}_right" if right else "wrong"] += 1
            self._heard[found.incident_id].add(source)
            return
        cases = [self._cases[one.known.incident_id.int] for one in found.possible]
        self.counts[f"{who}_linked"] += again and told.case in cases
        self.counts["pairs"] += len(cases)
        self.counts["pairs_wrong"] += sum(case != told.case for case in cases)
        self._open(told)

    def _around(self, account: Account) -> list[Known]:
        near = neighbourhood(account, self._rule)
        numbered = account.source_kind in NUMBERS_EVENTS
        return [
            replace(known, number=Number.OTHER)
            if numbered and account.source_kind in self._heard[known.incident_id]
            else known
            for cell in near.cells
            for known in self._cells[cell]
            if near.since <= _occurred(known.account) <= near.until
        ]

    def _open(self, told: Told) -> None:
        known = Known(UUID(int=len(self._cases)), _OPEN, told.account, Number.SILENT, restricted=False)
        self._cases.append(told.case)
        self._heard[known.incident_id] = {told.account.source_kind}
        self._cells[cell_of(*told.account.point)].append(known)


def _occurred(account: Account) -> datetime:
    return account.timing.occurred_at


def measured(told: Iterable[Told], rule: SamenessRule) -> dict[str, float]:
    city = City(rule)
    for one in told:
        city.hear(one)
    count = city.counts
    right = count["exact_right"] + count["police_right"]
    return {
        "certain_precision": right / max(right + count["wrong"], 1),
        "wrongly_attached": count["wrong"],
        "exact_attached": count["exact_right"] / count["exact_again"],
        "exact_found": (count["exact_right"] + count["exact_linked"]) / count["exact_again"],
        "police_found": (count["police_right"] + count["police_linked"]) / count["police_again"],
        "pairs_per_100_told": 100 * count["pairs"] / count["told"],
        "pairs_right_share": 1 - count["pairs_wrong"] / max(count["pairs"], 1),
    }


def real_rows(events: list[Event], rule: SamenessRule) -> dict[str, float]:
    """Rows as they are, their times taken for exact: each two of different cases, as if told by two sources."""
    timed = [one for one in events if one.precision is not TimePrecision.DAY]
    certain = possible = 0
    for index, one in enumerate(timed):
        for other in timed[index + 1 :]:
            if other.reported_at - one.reported_at > rule.possible_within:
                break
            if one.case != other.case:
                verdict = _judged(one, other, rule, TimePrecision.MINUTE)
                certain += isinstance(verdict, Certain)
                possible += not isinstance(verdict, Certain | Different)
    return {"real_rows": len(timed), "real_wrongly_certain": certain, "real_wrongly_possible": possible}


def real_repeats(events: list[Event], rule: SamenessRule) -> dict[str, float]:
    """Rows that repeat a case on the same or the next day, as if by two sources: homicides, known to the day."""
    cases: dict[str, list[Event]] = defaultdict(list)
    for one in events:
        cases[one.case].append(one)
    pairs = [(rows[0], row) for rows in cases.values() for row in rows[1:]]
    near = [pair for pair in pairs if abs(pair[1].reported_at - pair[0].reported_at) <= timedelta(days=1)]
    found = sum(not isinstance(_judged(*pair, rule, None), Different) for pair in near)
    return {"real_repeats": len(near), "real_repeats_found": found / len(near)}


def _judged(one: Event, other: Event, rule: SamenessRule, precision: TimePrecision | None) -> object:
    accounts = [
        account_of(row.kind, SourceKind.RESIDENT, Timing(row.reported_at, precision or row.precision, None), row.point)
        for row in (one, other)
    ]
    return judge(*accounts, rule, state=_OPEN, number=Number.SILENT)


def sweep(told: list[Told], events: list[Event], rule: SamenessRule) -> None:
    table = Table(title="certain within minutes, metres; possible within minutes, metres")
    for name in ("numbers", *_SWEPT):
        table.add_column(name.replace("_", " "), justify="right")
    inner = [(minutes, metres, 60, 600) for minutes, metres in product((5, 10, 15, 20), (150, 250, 400))]
    outer = [(10, 250, minutes, metres) for minutes, metres in product((20, 60, 120), (400, 600, 1000))]
    for minutes, metres, most_minutes, most_metres in (*inner, *outer):
        other = replace(
            rule,
            certain_within=timedelta(minutes=minutes),
            certain_within_m=metres,
            possible_within=timedelta(minutes=most_minutes),
            possible_within_m=most_metres,
        )
        found = measured(told, other) | real_rows(events, other)
        table.add_row(f"{minutes}, {metres}; {most_minutes}, {most_metres}", *(f"{found[name]:.4g}" for name in _SWEPT))
    Console(width=160).print(table)


def main() -> int:
    rule, events = load_programme(PROGRAMME).sameness, real_events()
    told = told_city(events, SEED)
    sweep(told, events, rule)
    figures = measured(told, rule) | real_rows(events, rule) | real_repeats(events, rule)
    figures |= {"cases": len({one.case for one in told}), "told": len(told)}
    ok = figures["certain_precision"] >= PRECISION and figures["exact_found"] >= FOUND
    ok = ok and figures["real_repeats_found"] == 1.0
    ok = ok and figures["real_wrongly_certain"] <= REAL_WRONG * figures["real_rows"]
    return conclude("dedupe", figures=figures, peers={}, ratios={}, ok=ok)


if __name__ == "__main__":
    sys.exit(main())
