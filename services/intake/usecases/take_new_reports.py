"""Take those of several reports that open incidents of their own, all in one transaction.

Whatever needs more than that is left to be taken by itself: a request that was made before, a report that cannot be
true, one that was said before, one that names or is recognised as a known incident, and one that is too near another of
these for both to be new.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.current_programme import InForce
from services.intake.domain.neighbourhood import neighbourhood
from services.intake.domain.recognition import NotRecognised, recognise
from services.intake.domain.report import Report
from services.intake.domain.sameness import SamenessRule
from services.intake.queries.surroundings import Around, account, look_around_new
from services.intake.usecases.open_incident import Opening, open_incidents
from services.intake.usecases.take_report import impossible
from services.intake.usecases.taken import Taken
from shared.persistence.request_keys import Scope
from shared.persistence.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Heard:
    """`traceparent`: of whoever sent it. `scope`: of the request's key, None without one."""

    report: Report
    traceparent: str | None
    scope: Scope | None


async def take_new_reports(tx: Transaction, heard: Sequence[Heard], in_force: InForce) -> list[Taken | None]:
    """None for each that is to be taken by itself; nothing was written for it."""
    rule, city = in_force.programme.sameness, in_force.programme.city
    inside = [at for at, one in enumerate(heard) if city.contains(one.report.point)]
    apart = [inside[at] for at in _apart([heard[at].report for at in inside], rule)]
    openings: dict[int, Opening] = {}
    around = await look_around_new(tx, [(heard[at].report, heard[at].scope) for at in apart], rule) if apart else []
    now = await tx.now()
    for at, found in zip(apart, around, strict=True):
        report = heard[at].report
        if not isinstance(found, Around) or impossible(report, in_force, now):
            continue
        recognised = recognise(account(report), found.known, rule)
        if isinstance(recognised, NotRecognised):
            openings[at] = Opening(report, recognised.possible, heard[at].traceparent)
    taken = await open_incidents(tx, list(openings.values()), in_force) if openings else []
    new = dict(zip(openings, taken, strict=True))
    return [new.get(at) for at in range(len(heard))]


def _apart(reports: Sequence[Report], rule: SamenessRule) -> list[int]:
    """The places of those that no earlier one of them could be."""
    references: set[tuple[str, str]] = set()
    places: set[tuple[int, int]] = set()
    apart = []
    for at, report in enumerate(reports):
        own = set(neighbourhood(account(report), rule).locks)
        reference = (report.source, report.source_ref) if report.source_ref is not None else None
        if own.isdisjoint(places) and reference not in references:
            apart.append(at)
            places |= own
            references |= set() if reference is None else {reference}
    return apart
