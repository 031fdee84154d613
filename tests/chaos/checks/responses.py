"""Intake shows each response as the dispatch's newest snapshot tells it."""

from collections.abc import Iterable

from tests.chaos.checks.owners import same
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import HOLDS_ROLE, Evidence, seconds
from tests.chaos.history import Row

NAME = "responses_are_the_newest"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    rows, told = evidence.grouped("intake.responses", "incident_id"), evidence.newest("alerts.dispatches")
    strange = sorted(rows.keys() ^ told.keys())
    verdict.expect(not strange, "responses are not those of the dispatches", *strange)
    for incident in rows.keys() & told.keys():
        verdict.demand(len(rows[incident]) == 1, "one incident has two responses", incident)
        expected = _response(told[incident])
        differ = [name for name, value in expected.items() if not same(rows[incident][0][name], value, name)]
        verdict.demand(not differ, f"a response is not the dispatch's: {', '.join(differ)}", incident)
    return verdict


def _response(dispatch: Row) -> Row:
    offers, assignments = dispatch.get("offers", ()), dispatch.get("assignments", ())
    standing = [one for one in assignments if one["state"] in HOLDS_ROLE]
    return {
        "version": dispatch["version"],
        "dispatch_state": dispatch["state"],
        "opened_at": dispatch["opened_at"],
        "closed_at": dispatch.get("closed_at"),
        "exhausted_count": dispatch["exhausted_count"],
        "offers": len(offers),
        "accepted": len(standing),
        "on_scene": sum("on_scene_at" in one for one in standing),
        "first_attempt_at": _first(offers, "first_attempt_at"),
        "first_acknowledged_at": _first(offers, "acknowledged_at"),
        "first_accepted_at": _first(assignments, "accepted_at"),
        "first_on_scene_at": _first(assignments, "on_scene_at"),
    }


def _first(parts: Iterable[Row], name: str) -> str | None:
    return min((one[name] for one in parts if name in one), key=seconds, default=None)
