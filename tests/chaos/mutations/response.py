"""Incidents and the responses to them, told as the services tell them: each verb is one transaction.

A response keeps its own snapshot; every event carries it whole, and rows are brought along with it.
"""

from datetime import timedelta
from typing import Any

from shared.contracts.dispatch_steps import DispatchEscalated
from shared.contracts.event import Event
from shared.contracts.events import dispatches, incidents
from shared.kernel.geo import Point, distance_m
from tests.chaos.history import Row
from tests.chaos.mutations.city import ALDER, BIRCH, ELM, OAK, POLICY, City, iso
from tests.chaos.standing import NOT_IN_EARNEST

PLACES = {"alder": ALDER, "birch": BIRCH}
COVERS = {"alder": OAK, "birch": ELM}
TIERS = ("team", "organization", "licensed", "floater")
LIVE = ("open", "acknowledged")


class Incident:
    def __init__(self, city: City, reference: str, community: str = "alder", **facts: Any) -> None:
        self.city, self.reference, self.community = city, reference, community
        self.id = city.id()
        lat, lon = PLACES[community]
        self.facts: Row = {
            "incident_id": self.id,
            "version": 0,
            "state": "reported",
            "kind": "shooting",
            "occurred_at": city.at,
            "occurred_precision": "minute",
            "reported_at": city.at,
            "opened_at": city.at,
            "place": {"lat": lat, "lon": lon},
            "community": {"area_id": community, "name": community, "distance_m": 0.0},
            "weapon": "firearm",
            "relationship": "group",
            "injured": 1,
            "active_threat": False,
            "exercise": False,
            "report_count": 0,
            "sources": ["police"],
        } | facts
        self.report(incidents.IncidentOpened, "opened")

    def report(self, kind: type[Event], disposition: str, **more: Any) -> None:
        """Kept, told, and answered with 201."""
        body = {"source_ref": self.reference, "kind": self.facts["kind"], "injured": 1} | more
        report = self.city.id()
        self.facts["report_count"] += 1
        self.tell(kind, report_id=report, source="police")
        key = f"key-{report}"
        answer = {"report_id": report, "incident_id": self.id, "disposition": disposition}
        self.city.call("report", "feed", result=answer, key=key, body=body, incident_id=self.id)
        kept = {"principal": "feed", "route": "POST /v1/reports", "key": key, "status": 201, "response": answer}
        self.city.rows["intake.idempotency_keys"].append(kept)
        row = {"id": report, "incident_id": self.id, "source": "feed", "source_ref": self.reference, "body": body}
        self.city.rows["intake.reports"].append(
            row | {"content_sha256": f"\\x{len(self.city.rows['intake.reports']):02x}"}
        )

    def activate(self) -> "Response":
        self.facts |= {"state": "activated", "activated_at": self.city.at}
        self.tell(incidents.IncidentActivated, by_policy=True)
        return Response(self.city.after(0.02), self)

    def screen_out(self) -> None:
        was = self.facts["state"]
        self.facts |= {"state": "screened_out", "screened_out_reason": "unfounded"}
        self.tell(incidents.IncidentScreenedOut, was_state=was)

    def close(self) -> None:
        self.facts |= {"state": "closed"}
        self.tell(incidents.IncidentClosed)

    def tell(self, kind: type[Event], **more: Any) -> None:
        self.facts["version"] += 1
        self.city.publish("intake", kind.model_validate({"at": self.city.at, "incident": self.facts} | more))


class Response:
    """`offers` and `assignments` are rows; the newest of each is the last."""

    def __init__(self, city: City, incident: Incident) -> None:
        self.city, self.incident = city, incident
        self.offers: list[Row] = []
        self.assignments: list[Row] = []
        self.row: Row = {
            "incident_id": incident.id,
            "version": 0,
            "state": "open",
            "community": incident.community,
            "incident": {"place": incident.facts["place"]},
            "policy": POLICY,
            "activated_at": iso(incident.facts["activated_at"]),
            "opened_at": iso(city.at),
            "closed_at": None,
            "exhausted_count": 0,
            "reconsider_at": None,
        }
        city.rows["alerts.dispatches"].append(self.row)
        self.tell(dispatches.DispatchOpened)
        self.staff("opened")

    @property
    def offer(self) -> Row:
        return self.offers[-1]

    def tell(self, kind: type[Event], **more: Any) -> None:
        self.row["version"] += 1
        snapshot = self.row | {"exercise": self.incident.facts["exercise"]}
        snapshot["offers"] = [one | {"offer_id": one["id"]} for one in self.offers]
        snapshot["assignments"] = [
            one | {"assignment_id": one["id"], "cleared_at": one["ended_at"] if one["state"] == "cleared" else None}
            for one in self.assignments
        ]
        self.city.publish("alerts", kind.model_validate({"at": self.city.at, "dispatch": snapshot} | more))

    # asking

    def staff(self, cause: str) -> None:
        ranked, left_out = self._rank()
        live = [one for one in self.offers if one["state"] in LIVE and one["bypassed_at"] is None]
        held = [one for one in self.assignments if one["state"] != "stood_down"]
        if live or held:
            return
        if ranked:
            self._ask(ranked[0])
        self._keep(cause, ranked, left_out)
        if not ranked and not any(one["state"] in LIVE for one in self.offers):
            self._exhausted()

    def escalates(self) -> "Response":
        """The first step of its chain: somebody of a tier behind all who are asked is asked beside them."""
        self.tell(DispatchEscalated, step=1, to="next_tier")
        ranked, left_out = self._rank()
        last = max(TIERS.index(one["tier"]) for one in self.offers if one["state"] in LIVE)
        self._ask(next(one for one in ranked if TIERS.index(one["tier"]) > last))
        self._keep("escalated", ranked, left_out)
        return self

    def _keep(self, cause: str, ranked: list[Row], left_out: list[Row]) -> None:
        row = {"id": len(self.city.rows["alerts.rankings"]) + 1, "incident_id": self.incident.id, "role": "scene"}
        ranked = [{key: one[key] for key in ("interrupter_id", "tier", "distance_m")} for one in ranked]
        left_out = sorted(left_out, key=lambda one: one["interrupter_id"])
        kept = [{"reason": one["reason"], "step": None, "people": [one["interrupter_id"]]} for one in left_out]
        row |= {"at": iso(self.city.at), "cause": cause, "ranked": ranked, "left_out": kept}
        self.city.rows["alerts.rankings"].append(row)
        told = {"role": "scene", "policy": "small", "policy_version": 1, "ranked": ranked, "left_out": left_out}
        self.tell(dispatches.DispatchRanked, **told)

    def _rank(self) -> tuple[list[Row], list[Row]]:
        ranked, left_out = [], []
        for person in self.city.rows["alerts.interrupters"]:
            who = {"interrupter_id": person["id"]}
            reason = self._reason(person)
            if reason:
                left_out.append(who | {"reason": reason})
            else:
                away = self._away_m(person)
                offers = self.city.rows["alerts.offers"]
                asked = max((one["made_at"] for one in offers if one["interrupter_id"] == person["id"]), default="")
                facts = {"tier": self._tier(person), "distance_m": round(away / 1000) * 1000.0}
                ranked.append(who | facts | {"exact": away, "asked": asked})
        ranked.sort(key=lambda one: (TIERS.index(one["tier"]), one["exact"], one["asked"]))
        return ranked, left_out

    def _away_m(self, person: Row) -> float:
        return distance_m(Point(person["home_lat"], person["home_lon"]), Point(*PLACES[self.incident.community]))

    def _licensed(self, person: Row) -> bool:
        kept = self.city.rows["alerts.licences"]
        return any((row["interrupter_id"], row["community"]) == (person["id"], self.incident.community) for row in kept)

    def _tier(self, person: Row) -> str:
        if not self._licensed(person):
            return "floater"
        if COVERS.get(self.incident.community) != person["organization_id"]:
            return "licensed"
        return "team" if person["team_community"] == self.incident.community else "organization"

    def _reason(self, person: Row) -> str | None:
        mine = [one for one in self.city.rows["alerts.offers"] if one["interrupter_id"] == person["id"]]
        held = [one for one in self.city.rows["alerts.assignments"] if one["interrupter_id"] == person["id"]]
        drill = self.incident.facts["exercise"]
        seen = [one for one in held if one["exercise"] <= drill]
        reasons = {
            "off_duty": not person["on_duty"],
            "no_licence": not (self._licensed(person) or person["floater"]),
            "committed": any(one["state"] in ("accepted", "en_route", "on_scene") for one in seen),
            "offered": any(one["state"] in LIVE and one["exercise"] <= drill for one in mine),
            "asked_before": any(
                one["incident_id"] == self.incident.id and one["state"] not in NOT_IN_EARNEST for one in mine
            ),
            "resting": any(one["state"] == "cleared" and not one["exercise"] for one in held),
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _ask(self, choice: Row) -> None:
        at = self.city.at
        offer: Row = {
            "id": self.city.id(),
            "incident_id": self.incident.id,
            "role": "scene",
            "interrupter_id": choice["interrupter_id"],
            "tier": choice["tier"],
            "distance_m": choice["exact"],
            "state": "open",
            "made_at": iso(at),
            "undelivered_by": iso(at + timedelta(seconds=5)),
            "acknowledge_by": iso(at + timedelta(seconds=120)),
            "accept_by": iso(at + timedelta(seconds=300)),
            "next_action_at": iso(at + timedelta(seconds=5)),
            "exercise": self.incident.facts["exercise"],
        } | dict.fromkeys(
            ("bypassed_at", "first_attempt_at", "delivered_at", "acknowledged_at", "settled_at", "decline_reason")
        )
        self.offers.append(offer)
        self.city.rows["alerts.offers"].append(offer)
        self.message(offer, "offer.made")
        self.tell(dispatches.OfferMade, offer_id=offer["id"])

    def _exhausted(self) -> None:
        city = self.city
        self.row |= {"state": "exhausted", "reconsider_at": iso(city.at + timedelta(seconds=10))}
        self.row["exhausted_count"] += 1
        self.tell(dispatches.DispatchExhausted, role="scene")
        page: Row = {"id": city.id(), "kind": "exhausted", "subject": self.incident.id, "incident_id": self.incident.id}
        page |= {"state": "open", "raised_at": iso(city.at), "settled_at": None}
        page |= {"next_action_at": iso(city.at + timedelta(seconds=120)), "repeat_s": 120}
        city.rows["alerts.pages"].append(page)
        city.queue("page.exhausted", "desk", {"round": 1}, page_id=page["id"], incident_id=self.incident.id)

    def message(self, offer: Row, kind: str) -> None:
        self.city.queue(kind, offer["interrupter_id"], {}, offer_id=offer["id"], incident_id=self.incident.id)
