"""Who could be asked, told anew from rows and events: whether each reason a ranking recorded was true then.

Facts of other dispatches are read while they change. So a fact has a span in which it may have held and one in which
it must have: a reason is refused if it cannot have been true, a person's place in the order if they cannot have been
free.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from tests.chaos.evidence import Evidence, Logged, same_instant, seconds
from tests.chaos.history import Row

EARTH_M = 6_371_008.8
COMMIT_S = 1.0
# Somebody else had the role, or the person another incident: whoever was not asked in earnest is asked again.
NOT_IN_EARNEST = frozenset({"taken", "withdrawn"})
# Whose phone never took the question is asked again after so long.
UNREACHED_S = 120.0
FOR_EVER = math.inf


@dataclass(frozen=True)
class Span:
    """Began between `began` and `seen`, ended between `ended` and `gone`."""

    began: float
    seen: float
    ended: float
    gone: float
    about: str

    def may_hold(self, since: float, until: float) -> bool:
        return self.began <= until and self.gone >= since

    def must_hold(self, since: float, until: float) -> bool:
        return self.seen <= since and self.ended >= until


@dataclass(frozen=True)
class Decision:
    """One ranking and its moment: it read the database between `since` and `until`.

    `snapshot` is the dispatch as its event tells it: exact whatever the clocks say, since its holder alone changes it.
    `beside`: how many of a next tier were to be asked beside the usual number.
    """

    row: Row
    dispatch: Row
    snapshot: Row
    since: float
    until: float
    beside: int = 0

    @property
    def incident(self) -> str:
        return str(self.row["incident_id"])

    @property
    def drill(self) -> bool:
        return bool(self.snapshot.get("exercise", False))


def away_m(home: tuple[float, float], place: tuple[float, float]) -> float:
    """Haversine on a sphere: within 0.6 % of the ellipsoid inside a city."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(one) for one in point) for point in (home, place))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(half))


class Standing:
    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.people = evidence.by("alerts.interrupters", "id")
        self.licences = evidence.grouped("alerts.licences", "interrupter_id")
        self.conflicts = evidence.grouped("alerts.conflicts_of_interest", "interrupter_id")
        self.endpoints = evidence.grouped("alerts.webhook_endpoints", "owner_id")
        self.offers = evidence.grouped("alerts.offers", "interrupter_id")
        self.assignments = evidence.grouped("alerts.assignments", "interrupter_id")
        self.covering = evidence.grouped("alerts.coverage", "community")

    def moment(self, event: Logged) -> tuple[float, float]:
        """From the beginning of a transaction to when its events were written, and its commit after that."""
        row = self.evidence.written.get(event.id)
        written = seconds(row["created_at"]) if row else seconds(event.at)
        late = COMMIT_S + self.evidence.slack(written - COMMIT_S, written + 120)
        return seconds(event.at), written + late

    @cached_property
    def _ends(self) -> dict[tuple[str, str], tuple[float, float]]:
        """(word's object, id) → when it first ended: a late yes settles an offer again that was over."""
        ended = ("offer.accepted", "offer.declined", "offer.expired", "offer.undeliverable", "offer.taken")
        words = (*ended, "offer.withdrawn", "assignment.cleared", "assignment.stood_down", "assignment.given_back")
        return {self._about(event): self.moment(event) for event in reversed(self._events(words))}

    @cached_property
    def _begins(self) -> dict[tuple[str, str], float]:
        found = {self._about(event): self.moment(event)[1] for event in self._events(("offer.made",))}
        for event in self._events(("offer.accepted",)):
            found["assignment_of", str(event.body["offer_id"])] = self.moment(event)[1]
        return found

    def _events(self, words: tuple[str, ...]) -> list[Logged]:
        return [event for event in self.evidence.events("alerts.dispatches") if event.word in words]

    def _about(self, event: Logged) -> tuple[str, str]:
        kind = event.word.split(".")[0]
        return kind, str(event.body[f"{kind}_id"])

    def asked(self, worker: str, decision: Decision, *, real_alone: bool = False) -> list[Span]:
        """A drill sees real work, a real incident no drill's."""
        rows = [row for row in self.offers.get(worker, ()) if row["exercise"] <= (decision.drill and not real_alone)]
        return [self._span(row, "made_at", ("offer", row["id"]), row["id"]) for row in rows]

    def committed(self, worker: str, decision: Decision) -> list[Span]:
        rows = [row for row in self.assignments.get(worker, ()) if row["exercise"] <= decision.drill]
        return [self._span(row, "accepted_at", ("assignment_of", row["offer_id"]), row["id"]) for row in rows]

    def _span(self, row: Row, began: str, begins: tuple[str, str], name: str) -> Span:
        kind, start = begins[0].removesuffix("_of"), seconds(row[began])
        ended, gone = self._ends.get((kind, name), (FOR_EVER, FOR_EVER))
        return Span(start, self._begins.get(begins, start + COMMIT_S), ended, gone, row["incident_id"])

    def is_licensed(self, worker: str, dispatch: Row) -> bool:
        zone = ZoneInfo(dispatch["policy"].get("time_zone", "UTC"))
        day = datetime.fromtimestamp(seconds(dispatch["opened_at"]), zone).date().isoformat()
        return any(
            one["community"] == dispatch["community"]
            and one["from_day"] <= day
            and (one["until_day"] is None or one["until_day"] > day)
            for one in self.licences.get(worker, ())
        )

    def tier(self, worker: str, dispatch: Row) -> str:
        person = self.people[worker]
        if not self.is_licensed(worker, dispatch):
            return "floater"
        covering = {row["organization_id"] for row in self.covering.get(dispatch["community"], ())}
        if person["organization_id"] not in covering:
            return "licensed"
        return "team" if person["team_community"] == dispatch["community"] else "organization"

    def distance_m(self, worker: str, dispatch: Row) -> float | None:
        """From home; None for who reported a position, of which only the last is kept."""
        person, place = self.people[worker], dispatch["incident"]["place"]
        if person["position_at"] is not None:
            return None
        return away_m((person["home_lat"], person["home_lon"]), (place["lat"], place["lon"]))

    def duty(self, worker: str, decision: Decision) -> set[bool]:
        """On or off duty, as it may have been read then."""
        states: set[bool] = set()
        for event in self.evidence.streams["alerts.workers"].get(worker, ()):
            began, seen = self.moment(event)
            if began > decision.until:
                break
            on = bool(event.snapshot["on_duty"])
            states = {on} if seen <= decision.since else states | {on}
        return states

    def asked_before(self, worker: str, decision: Decision) -> list[Row]:
        """Offers of this dispatch and role that were made before and keep the person from being asked again."""
        return [
            row
            for row in decision.snapshot.get("offers", ())
            if (row["interrupter_id"], row["role"]) == (worker, decision.row["role"])
            and not same_instant(row["made_at"], decision.row["at"])
            and row["state"] not in NOT_IN_EARNEST
        ]

    def last_asked(self, worker: str, decision: Decision) -> tuple[float, float]:
        """When somebody was last asked anything: at the earliest, and at the latest, that may have been read then."""
        spans = self.asked(worker, decision, real_alone=True)
        surely = [span.began for span in spans if span.seen <= decision.since]
        perhaps = [span.began for span in spans if span.began <= decision.until]
        return max(surely, default=-FOR_EVER), max(perhaps, default=-FOR_EVER)

    def has_endpoint(self, worker: str, decision: Decision) -> bool:
        rows = self.endpoints.get(worker, ())
        return any(row["enabled"] and seconds(row["created_at"]) <= decision.since - COMMIT_S for row in rows)

    def is_resting(self, worker: str, decision: Decision, spare_s: float) -> bool:
        """`spare_s` above 0: may be resting; below 0: must be."""
        rest, read = decision.dispatch["policy"]["rest_s"], decision.until if spare_s > 0 else decision.since
        return any(
            row["state"] == "cleared"
            and not row["exercise"]
            and seconds(row["ended_at"]) - spare_s <= read
            and decision.since < seconds(row["ended_at"]) + rest + spare_s
            for row in self.assignments.get(worker, ())
        )
