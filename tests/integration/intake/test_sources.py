"""Who reports is known: how far their word goes, how much they may send, when they were heard, if they are quiet."""

from typing import Any

from prometheus_client import REGISTRY

from services.intake.queries.sources import read_heard
from services.intake.usecases.watch_sources import watch_sources
from tests.support.intake import Intake, a_report, point_in
from tests.support.waiting import eventually


async def listed(intake: Intake, **query: Any) -> list[dict[str, Any]]:
    answer = await intake.staff("program_office").get("/v1/sources", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def registered(intake: Intake, source: str, **terms: Any) -> dict[str, Any]:
    body = {"source": source, "kind": "police"} | terms
    answer = await intake.staff("program_office").post("/v1/sources", json=body)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def watch(intake: Intake) -> None:
    async with intake.db.transaction() as tx:
        await watch_sources(tx)


async def standing_alarms(intake: Intake) -> list[tuple[str, str, str]]:
    async with intake.db.transaction() as tx:
        rows = await tx.rows("SELECT alarm, subject, state FROM alarms ORDER BY subject")
    return [(row["alarm"], row["subject"], row["state"]) for row in rows]


def refusals(reason: str) -> float:
    return REGISTRY.get_sample_value("truce_source_refused_total", {"reason": reason}) or 0


async def test_whoever_reports_first_is_registered_as_its_token_says_and_shown_with_when_it_was_heard(
    intake: Intake,
) -> None:
    await intake.taken()
    await intake.taken(by=intake.source("resident"))
    refused = await intake.post(a_report(kind="party"), by=intake.source("hospital"))
    assert refused.status_code == 422
    first, second = await listed(intake)
    assert (first["source"], first["kind"], first["trust"]) == ("police-feed", "police", "by_kind")
    assert (first["reports_per_minute"], first["changed_by"], first["version"]) == (None, None, 1)
    assert first["first_heard_at"] == first["last_heard_at"] == first["registered_at"]
    assert (second["source"], second["reports_per_minute"]) == ("resident-feed", 600)
    await intake.deployment.advance(hours=1)
    await intake.taken()
    (again,) = await listed(intake, kind="police")
    assert again["last_heard_at"] > again["first_heard_at"] == first["first_heard_at"]


async def test_a_source_of_little_trust_pages_nobody_by_itself_and_a_trusted_resident_does(intake: Intake) -> None:
    await registered(intake, "doubtful", trust="limited")
    await registered(intake, "known-worker", kind="resident", trust="trusted")
    doubtful = (await intake.taken(by=intake.source("police", sub="doubtful")))["incident"]
    assert doubtful["state"] == "reported"
    assert (await intake.shown(doubtful["incident_id"]))["obstacles"] == ["untrusted_source"]
    for rumour in (True, False):
        marked = await intake.decide(doubtful["incident_id"], "rumour", {"rumour": rumour, "reason": "hearsay"})
        assert marked.status_code == 200, marked.text
    shown = await intake.shown(doubtful["incident_id"])
    assert (shown["state"], shown["verification"]) == ("reported", "unverified")
    elsewhere = intake.source("resident", sub="known-worker")
    trusted = (await intake.taken(by=elsewhere, location=point_in("southwest-south")))["incident"]
    assert (trusted["state"], trusted["sources"]) == ("activated", ["resident"])


async def test_what_the_office_registered_counts_and_not_what_the_token_says(intake: Intake) -> None:
    await registered(intake, "st-elsewhere", kind="hospital")
    for claims in ({}, {"source_kind": "police"}):
        client = intake.client("source", sub="st-elsewhere", **claims)
        incident_id = (await intake.taken(by=client))["incident_id"]
        assert (await intake.shown(incident_id))["sources"] == ["hospital"]


async def test_a_revoked_source_is_refused_until_it_is_admitted_again_and_that_is_seen(intake: Intake) -> None:
    said = {"source_ref": "22118279"}
    taken = await intake.taken(**said)
    (source,) = await listed(intake)
    office = intake.staff("program_office")
    revoked = await office.post(f"/v1/sources/{source['id']}/revoke")
    assert (revoked.status_code, revoked.json()["version"]) == (200, 2)
    assert revoked.json()["revoked_at"] is not None

    async def status_becomes(status: int) -> bool:
        return (await intake.post(a_report())).status_code == status

    await eventually(lambda: status_becomes(403), within_s=5)
    before, counted = await intake.counts(), refusals("revoked")
    taken_back = await intake.source().post("/v1/reports:withdraw", json=said)
    own = ("/v1/reports", f"/v1/reports/{taken['report_id']}", f"/v1/incidents/{taken['incident_id']}")
    read = [await intake.source().get(address) for address in own]
    for refused in (await intake.post(a_report()), taken_back, *read):
        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (403, "not-allowed")
    assert await intake.counts() == before
    assert refusals("revoked") == counted + 5
    (shown,) = await listed(intake, revoked=True)
    assert (shown["refused_for"], shown["refused_at"] is not None) == ("revoked", True)
    assert (await office.post(f"/v1/sources/{source['id']}/readmit")).json()["revoked_at"] is None
    await eventually(lambda: status_becomes(201), within_s=5)
    assert [(await intake.source().get(address)).status_code for address in own] == [200, 200, 200]


async def test_a_source_that_sends_too_much_is_told_when_to_come_again(intake: Intake) -> None:
    await registered(intake, "police-feed", reports_per_minute=3)
    counted = refusals("rate_limit")
    answers = [await intake.post(a_report()) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    assert refusals("rate_limit") == counted + 2
    for refused in answers[3:]:
        assert refused.json()["type"].endswith("/too-many")
        assert 50 <= int(refused.headers["Retry-After"]) <= 60, "from the first refusal on"
    assert (await intake.counts())["reports"] == 3
    (shown,) = await listed(intake)
    assert shown["refused_for"] == "rate_limit"
    assert (await intake.post(a_report(), by=intake.source("hospital"))).status_code == 201
    await intake.deployment.advance(minutes=1)

    async def taken() -> bool:
        return (await intake.post(a_report())).status_code == 201

    await eventually(taken, within_s=5)


async def test_where_a_limit_is_lowered_as_many_as_it_allows_are_in_the_way(intake: Intake) -> None:
    source = await registered(intake, "police-feed", reports_per_minute=2)
    assert (await intake.post(a_report())).status_code == 201
    await intake.deployment.advance(seconds=40)
    assert (await intake.post(a_report())).status_code == 201

    async def told(least_s: int, most_s: int) -> bool:
        return least_s <= int((await intake.post(a_report())).headers.get("Retry-After", "0")) <= most_s

    await eventually(lambda: told(10, 20), within_s=5)
    terms = {"kind": "police", "trust": "by_kind", "reports_per_minute": 1, "quiet_after_s": None}
    address = f"/v1/sources/{source['id']}"
    changed = await intake.staff("program_office").put(address, json=terms, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    await eventually(lambda: told(50, 60), within_s=5)


async def test_a_change_is_made_from_what_was_seen(intake: Intake) -> None:
    source = await registered(intake, "police-feed")
    office, address = intake.staff("program_office"), f"/v1/sources/{source['id']}"
    terms = {"kind": "sensor", "trust": "limited", "reports_per_minute": 40, "quiet_after_s": 3600}
    assert (await office.put(address, json=terms)).status_code == 428
    changed = await office.put(address, json=terms, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert {name: changed.json()[name] for name in terms} == terms
    assert changed.json()["changed_by"] == "a-program_office"
    stale = await office.put(address, json=terms, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    again = await office.post("/v1/sources", json={"source": "police-feed", "kind": "police"})
    assert again.status_code == 409
    bad = await office.put(address, json=terms | {"reports_per_minute": 0}, headers={"If-Match": "*"})
    assert [error["pointer"] for error in bad.json()["errors"]] == ["/reports_per_minute"]


async def test_sources_are_listed_page_by_page_under_their_filters(intake: Intake) -> None:
    for name in ("c", "a", "d", "b"):
        await registered(intake, name, kind="sensor")
    await registered(intake, "aa", kind="hospital")
    found, address = list[str](), "/v1/sources?kind=sensor&quiet=false&limit=1"
    while address:
        answer = await intake.staff("auditor").get(address)
        found += [item["source"] for item in answer.json()["items"]]
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert found == ["a", "b", "c", "d"]


async def test_the_desk_sees_sources_and_only_the_office_changes_them(intake: Intake) -> None:
    source = await registered(intake, "police-feed")
    address = f"/v1/sources/{source['id']}"
    assert (await intake.staff("dispatcher").get(address)).headers["ETag"] == '"1"'
    assert (await intake.staff("dispatcher").post(f"{address}/revoke")).status_code == 403
    assert (await intake.source().get("/v1/sources")).status_code == 403
    assert (await intake.staff("admin").post(f"{address}/revoke")).status_code == 200
    unknown = "/v1/sources/0197d1e0-0000-7000-8000-000000000000"
    assert (await intake.staff("admin").post(f"{unknown}/revoke")).status_code == 404


async def test_a_source_silent_for_longer_than_usual_is_shown_and_told_until_it_is_heard_again(intake: Intake) -> None:
    source = await registered(intake, "police-feed", quiet_after_s=3600)
    await intake.taken(by=intake.source("resident"))
    await intake.deployment.advance(minutes=59)
    await watch(intake)
    assert await listed(intake, quiet=True) == []
    await intake.deployment.advance(minutes=2)
    for _ in range(2):
        await watch(intake)
        assert REGISTRY.get_sample_value("truce_sources_quiet") == 1
    (quiet,) = await listed(intake, quiet=True)
    assert (quiet["id"], quiet["last_heard_at"]) == (source["id"], None)
    assert await standing_alarms(intake) == [("source_quiet", source["id"], "raised")]
    assert [kind for kind, _ in await intake.events(topic="operations.alarms")] == ["raised"]
    await intake.taken()
    await watch(intake)
    assert (await listed(intake, quiet=True), REGISTRY.get_sample_value("truce_sources_quiet")) == ([], 0)
    assert await standing_alarms(intake) == [("source_quiet", source["id"], "cleared")]


async def test_the_silence_of_a_source_that_was_long_revoked_begins_when_it_is_admitted_again(intake: Intake) -> None:
    source = await registered(intake, "police-feed", quiet_after_s=3600)
    await intake.taken()
    await intake.staff("admin").post(f"/v1/sources/{source['id']}/revoke")
    await intake.deployment.advance(hours=100)
    await intake.staff("admin").post(f"/v1/sources/{source['id']}/readmit")
    for minutes, quiet in ((59, 0), (2, 1)):
        await intake.deployment.advance(minutes=minutes)
        await watch(intake)
        assert len(await listed(intake, quiet=True)) == len(await standing_alarms(intake)) == quiet


async def test_a_feeds_rhythm_is_learned_and_a_burst_is_one_sign_of_life(intake: Intake) -> None:
    for number in range(10):
        await intake.taken(source_ref=f"hour-{number}")
        await intake.taken(source_ref=f"more-{number}")
        await intake.deployment.advance(hours=4)
    async with intake.db.transaction() as tx:
        (heard,) = await read_heard(tx)
    assert len(heard.heard) == 10
    await watch(intake)
    (source,) = await listed(intake, quiet=False)
    assert source["learned_quiet_after_s"] // 60 == 12 * 60
    await intake.deployment.advance(hours=9)
    await watch(intake)
    (quiet,) = await listed(intake, quiet=True)
    assert (await intake.staff("admin").post(f"/v1/sources/{quiet['id']}/revoke")).json()["quiet_since"] is None
    assert [state for _, _, state in await standing_alarms(intake)] == ["cleared"]
