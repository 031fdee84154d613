"""A small city whose history is written by code: its clock, its people, its logs. The stories in it are in `response`.

Everything is as the services leave it: events are the contracts' own, each is a row of an outbox and a record of a
topic, times of one transaction are equal. Ids are counted, so a history is the same every time.
"""

import base64
import json
import zlib
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

from shared.contracts.event import Event
from shared.contracts.events.alarms import AlarmRaised
from shared.contracts.events.areas import AreaDefined
from shared.contracts.events.organizations import OrganizationRegistered
from shared.contracts.events.workers import WorkerDutyChanged, WorkerRegistered
from shared.messaging.envelope import headers_of
from tests.chaos.history import Call, Outcome, Received, Receiver, Record, Row

ZERO = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ALDER, BIRCH = (38.90, -77.00), (38.93, -77.02)
OAK, ELM = (str(UUID(int=one)) for one in (1, 2))
POLICY: Row = {
    "name": "small",
    "time_zone": "UTC",
    "roles": {"scene": 1},
    "parallel_offers": 1,
    "acknowledge_within_s": 120,
    "accept_within_s": 300,
    "undelivered_after_s": 5,
    "location_max_age_s": 1800,
    "rest_s": 3600,
    "radius_steps_m": [None],
    "page_repeat_s": 120,
}


def iso(at: datetime) -> str:
    return at.isoformat()


class City:
    """`rows`: table → its rows. `at` is the time of the transaction under way."""

    def __init__(self) -> None:
        self.at = ZERO
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.records: list[Record] = []
        self.calls: list[Call] = []
        self.received: list[Received] = []
        self.receivers: dict[str, Receiver] = {}
        self.planted: list[str] = []
        self._ids = 1000
        self._ends: Counter[tuple[str, int]] = Counter()

    def id(self) -> str:
        self._ids += 1
        return str(UUID(int=self._ids))

    def after(self, seconds: float) -> "City":
        """Another transaction, that much later."""
        self.at += timedelta(seconds=seconds)
        return self

    def publish(self, service: str, event: Event) -> Record:
        event_id = UUID(self.id())
        headers = headers_of(event, event_id=event_id, traceparent=None)
        value = event.model_dump_json(exclude_none=True).encode()
        return self.append(service, str(event_id), event.TOPIC.name, event.root, headers, value)

    def append(
        self, service: str, event_id: str, topic: str, key: str, headers: dict[str, str], value: bytes
    ) -> Record:
        self.rows[f"{service}.outbox"].append(
            {
                "id": len(self.rows[f"{service}.outbox"]) + 1,
                "event_id": event_id,
                "topic": topic,
                "key": key,
                "headers": headers,
                "value": "\\x" + value.hex(),
                "created_at": iso(self.at + timedelta(milliseconds=2)),
                "published_at": iso(self.at + timedelta(milliseconds=9)),
                "set_aside_at": None,
            }
        )
        return self.produce(topic, key, headers, value)

    def produce(self, topic: str, key: str, headers: dict[str, str], value: bytes) -> Record:
        partition = 0 if topic.endswith(".dlq") else zlib.crc32(key.encode()) % 12
        offset = self._ends[topic, partition]
        self._ends[topic, partition] += 1
        record = Record(topic, partition, offset, int(self.at.timestamp() * 1000), key, dict(headers), value)
        self.records.append(record)
        return record

    def call(self, op: str, actor: str, outcome: Outcome = "ok", result: Row | None = None, **facts: Any) -> Call:
        at = self.at.timestamp()
        status = {"ok": 201 if op == "report" else 200, "fail": 409, "info": None}[outcome]
        call = Call(self.id(), op, actor, at - 0.01, at + 0.01, outcome, status, result, **facts)
        self.calls.append(call)
        return call

    # people

    def settle(self) -> None:
        """Areas, two contractors, their desks, and everybody who may be asked."""
        for name in ("alder", "birch"):
            area = {"version": 1, "area_id": name, "kind": "community", "name": name, "effective_from": "2021-01-01"}
            self.publish("intake", AreaDefined.model_validate({"at": self.at, "area": area}))
        for number, (organization, covers) in enumerate(((OAK, "alder"), (ELM, "birch"))):
            coverage = {"community": covers, "from_day": "2021-01-01", "until_day": None}
            snapshot = {"version": 1, "organization_id": organization, "name": f"contractor {number}"}
            snapshot["coverage"] = [coverage]
            event = {"at": self.at, "organization": snapshot}
            self.publish("alerts", OrganizationRegistered.model_validate(event))
            self.rows["alerts.coverage"].append({"organization_id": organization} | coverage)
        self.receiver("desk", "duty_dispatcher", None)
        self.receiver("oak-desk", "supervisor", OAK)

    def worker(self, name: str, km: float, *licensed: str, **facts: Any) -> str:
        """`km` north of the middle of Alder, registered on duty."""
        worker, home = self.id(), {"lat": ALDER[0] + km / 111.0, "lon": ALDER[1]}
        licences = [{"community": one, "from_day": "2021-01-01", "until_day": None} for one in licensed]
        told: Row = {
            "version": 1,
            "organization_id": OAK,
            "call_sign": name,
            "roles": ["scene"],
            "team_community": "alder",
            "floater": False,
            "active": True,
            "on_duty": True,
        } | facts
        event = {"at": self.at, "worker": told | {"worker_id": worker, "licences": licences}}
        self.publish("alerts", WorkerRegistered.model_validate(event))
        kept = told | {"id": worker, "available_since": iso(self.at), "home_lat": home["lat"], "home_lon": home["lon"]}
        self.rows["alerts.interrupters"].append(kept | {"position_at": None})
        self.rows["alerts.licences"] += [{"interrupter_id": worker} | one for one in licences]
        self.receiver(worker, "interrupter", worker)
        return worker

    def off_duty(self, worker: str) -> None:
        row = next(one for one in self.rows["alerts.interrupters"] if one["id"] == worker)
        row |= {"version": 2, "on_duty": False}
        licences = [one for one in self.rows["alerts.licences"] if one["interrupter_id"] == worker]
        snapshot = row | {"worker_id": worker, "licences": licences}
        self.publish("alerts", WorkerDutyChanged.model_validate({"at": self.at, "worker": snapshot}))

    def receiver(self, name: str, kind: str, owner: str | None) -> None:
        endpoint = self.id()
        secret = "whsec_" + base64.b64encode(name.ljust(36, "-")[:36].encode()).decode()
        self.receivers[name] = Receiver(name, endpoint, secret, kind)
        row = {
            "id": endpoint,
            "owner_kind": kind,
            "owner_id": owner,
            "enabled": True,
            "disabled_reason": None,
            "created_at": iso(self.at),
        }
        self.rows["alerts.webhook_endpoints"].append(row)

    # messages

    def queue(self, kind: str, to: str, told: Row, **about: str) -> Row:
        body = json.dumps({"type": f"truce.{kind}", "data": about | told}, separators=(",", ":")).encode()
        urgent = kind == "offer.made" or kind.startswith("page.")
        row: Row = {
            "id": self.id(),
            "class": "urgent" if urgent else "durable",
            "kind": kind,
            "endpoint_id": self.receivers[to].endpoint_id,
            "incident_id": None,
            "offer_id": None,
            "page_id": None,
            "body": "\\x" + body.hex(),
            "state": "pending",
            "attempts": 0,
            "created_at": iso(self.at),
            "next_attempt_at": iso(self.at),
            "first_attempt_at": None,
            "settled_at": None,
        } | about
        self.rows["alerts.deliveries"].append(row)
        return row

    def attempt(self, delivery: Row, answered: int) -> Row:
        """One call of the receiver, and its record."""
        to = next(one for one in self.receivers.values() if one.endpoint_id == delivery["endpoint_id"])
        body = bytes.fromhex(delivery["body"][2:])
        delivery["attempts"] += 1
        delivery["first_attempt_at"] = delivery["first_attempt_at"] or iso(self.at)
        self.received.append(self._request(to, delivery["id"], body, answered))
        delivered = 200 <= answered < 300
        outcome = "delivered" if delivered else f"rejected_{answered}"
        number, at = delivery["attempts"], iso(self.at)
        row = {"delivery_id": delivery["id"], "number": number, "at": at, "took_ms": 2, "outcome": outcome}
        self.rows["alerts.delivery_attempts"].append(row | {"status": answered})
        self.after(0.01)
        settled = {"state": "delivered", "settled_at": iso(self.at), "next_attempt_at": None}
        later = {"state": "retry_scheduled", "next_attempt_at": iso(self.at + timedelta(seconds=1))}
        delivery |= settled if delivered else later
        return row

    def _request(self, to: Receiver, message: str, body: bytes, answered: int) -> Received:
        stamp = self.at.replace(microsecond=0)
        headers = {
            "content-type": "application/json",
            "webhook-id": message,
            "webhook-timestamp": str(int(stamp.timestamp())),
            "webhook-signature": Webhook(to.secret).sign(message, stamp, body.decode()),
        }
        return Received(self.at.timestamp(), to.id, headers, body, answered)

    # what goes wrong

    def poison(self, topic: str, consumers: tuple[str, ...]) -> None:
        """A record no consumer can read, put there by the run: each sets it aside and says so."""
        record = self.produce(topic, "poison", {"ce_type": "nonsense"}, b"\xff\xfe")
        self.planted.append(record.place)
        for service in consumers:
            letter = self.id()
            row = {"id": letter, "topic": topic, "partition": record.partition, "record_offset": record.offset}
            row["value"] = "\\xfffe"
            self.rows[f"{service}.dead_letters"].append(row)
            origin = {"x-truce-origin": f"{topic}/{record.partition}/{record.offset}"}
            self.append(service, letter, f"{topic}.{service}.dlq", letter, origin, b"\xff\xfe")
            alarm = {"service": service, "alarm": "dead_letter", "subject": topic, "state": "raised", "count": 1}
            snapshot = alarm | {"version": 1, "first_at": self.at, "last_at": self.at}
            self.publish(service, AlarmRaised.model_validate({"at": self.at, "alarm": snapshot}))
            self.rows[f"{service}.alarms"].append({"version": 1} | alarm)

    def publish_again(self, record: Record) -> None:
        """A relay that was killed between sending and marking sends once more."""
        self.produce(record.topic, record.key or "", record.headers, record.value or b"")
