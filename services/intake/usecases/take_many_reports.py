"""Take those of several reports that open incidents of their own or say again what was said, all in one transaction.

Whatever needs more than that is left to be taken by itself: a request that was made before, a report that cannot be
true, one that names or is recognised as a known incident, and one that is too near another of these for both to be new.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.current_programme import InForce
from services.intake.domain.neighbourhood import neighbourhood
from services.intake.domain.recognition import NotRecognised, recognise
from services.intake.domain.report import Report
from services.intake.domain.sameness import SamenessRule
from services.intake.queries.surroundings import Around, Named, Request, SaidBefore, account, look_around_each
from services.intake.usecases.open_incident import Opening, open_incidents
from services.intake.usecases.take_report import impossible, said_again
from services.intake.usecases.taken import Taken
from shared.persistence.request_keys import Scope
from shared.persistence.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Heard:
    """`traceparent`: of whoever sent it. `scope`: of the request's key, None without one."""

    report: Report
    traceparent: str | None
    scope: Scope | None


async def take_many_reports(tx: Transaction, heard: Sequence[Heard], in_force: InForce) -> list[Taken | None]:
    """None for each that is to be taken by itself; nothing was written for it."""
    rule, city = in_force.programme.sameness, in_force.programme.city
    places = [at for at, one in enumerate(heard) if city.contains(one.report.point)]
    inside = [heard[at] for at in places]
    first = _first_to_say([one.report for one in inside])
    apart = _apart(inside, set(first.values()), rule)
    requests = [Request(one.scope, one.report if at in apart else None) for at, one in enumerate(inside)]
    seen = await look_around_each(tx, requests, rule) if requests else []
    now = await tx.now()
    new = [at for at, one in enumerate(seen) if one.is_new and not impossible(inside[at].report, in_force, now)]
    openings: dict[int, Opening] = {}
    repeats: dict[int, SaidBefore] = {}
    for at in new:
        around = seen[first[at]].around
        if isinstance(around, SaidBefore):
            repeats[at] = around
        elif at in apart and (opening := _opening(inside[at], around, rule)) is not None:
            openings[at] = opening
    opened = await open_incidents(tx, list(openings.values()), in_force) if openings else []
    taken = dict(zip(openings, opened, strict=True))
    for at, said in repeats.items():
        taken[at] = await said_again(tx, said)
    by_place = {places[at]: one for at, one in taken.items()}
    return [by_place.get(at) for at in range(len(heard))]


def _opening(one: Heard, around: Named | Around | None, rule: SamenessRule) -> Opening | None:
    if not isinstance(around, Around):
        return None
    recognised = recognise(account(one.report), around.known, rule)
    return Opening(one.report, recognised.possible, one.traceparent) if isinstance(recognised, NotRecognised) else None


def _first_to_say(reports: Sequence[Report]) -> dict[int, int]:
    """The place of each: that of the first who says the same, word for word."""
    words = [(report.source, report.source_ref, report.content_sha256) for report in reports]
    first = {said: at for at, said in reversed(list(enumerate(words)))}
    return {at: first[said] for at, said in enumerate(words)}


def _apart(inside: Sequence[Heard], candidates: set[int], rule: SamenessRule) -> set[int]:
    """The places of those that no earlier one of them could be."""
    references: set[tuple[str, str]] = set()
    places: set[tuple[int, int]] = set()
    apart = set()
    for at in sorted(candidates):
        report = inside[at].report
        own = set(neighbourhood(account(report), rule).locks)
        reference = (report.source, report.source_ref) if report.source_ref is not None else None
        if own.isdisjoint(places) and reference not in references:
            apart.add(at)
            places |= own
            references |= set() if reference is None else {reference}
    return apart
