"""Endpoints over their life: keys change, phones come back, notices are muted, and a test shows whether all is well."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.alerts.delivery.secret_box import SecretBox, SecretUnreadable, endpoint_secret_context
from services.alerts.settings import AlertsSettings
from services.alerts.usecases.endpoints.place_endpoint import MOST_PER_PERSON
from shared.messaging.alarms import raise_alarm
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.waiting import eventually

ENDED = (
    "UPDATE webhook_endpoints SET previous_secret_until = clock_timestamp() - interval '1 second'"
    " WHERE previous_secret_until IS NOT NULL"
)


class Care:
    """One person's endpoint, kept by the programme office."""

    def __init__(self, alone: AlertsAlone, of: Interrupter) -> None:
        self.alone, self.of = alone, of
        self.path = f"/v1/webhook-endpoints/{of.phone.endpoint_id}"
        self.bearer = alone.world.bearer("program_office")

    async def does(self, action: str, body: Any = None, *, version: int | str | None = None) -> httpx.Response:
        matched = {} if version is None else {"If-Match": version if version == "*" else f'"{version}"'}
        return await self.alone.world.alerts.post(f"{self.path}/{action}", json=body, headers=self.bearer | matched)

    async def mutes(self, *types: str) -> httpx.Response:
        headers = self.bearer | {"If-Match": "*"}
        return await self.alone.world.alerts.put(f"{self.path}/muted", json=types, headers=headers)

    async def shown(self) -> httpx.Response:
        return await self.alone.world.alerts.get(self.path, headers=self.bearer)

    async def result_of_a_test(self) -> str:
        """Code of the first attempt."""
        asked = await self.does("test")
        assert asked.status_code == 202, asked.text

        async def outcome() -> str:
            rows = await self.rows(
                "SELECT outcome FROM delivery_attempts WHERE delivery_id = CAST(:id AS uuid) AND number = 1",
                id=asked.json()["delivery_id"],
            )
            return str(rows[0]["outcome"]) if rows else ""

        found = await eventually(outcome)
        await self.rows(
            "UPDATE deliveries SET state = 'cancelled', next_attempt_at = NULL, lease_until = NULL"
            " WHERE kind = 'endpoint.test' AND state <> 'delivered' RETURNING 1"
        )
        return found

    async def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.alone.world.alerts_db.transaction() as tx:
            return [dict(row) for row in await tx.rows(statement, **parameters)]


@pytest.fixture
async def care(alone: AlertsAlone) -> Care:
    return Care(alone, await alone.world.on_duty("heron"))


async def test_while_a_secret_is_replaced_both_sign_and_then_the_new_one_alone(care: Care) -> None:
    await care.alone.world.deployment.start("alerts", "engine")
    phone, old = care.of.phone, care.of.phone.secret
    rotated = await care.does("rotate-secret", {}, version=1)
    assert rotated.status_code == 200, rotated.text
    new = rotated.json()["secret"]
    assert new.startswith("whsec_")
    assert new != old
    for phone.secret in (old, new):
        assert await care.result_of_a_test() == "delivered"
    async with care.alone.world.alerts_db.transaction() as tx:
        await tx.run(ENDED)
    assert await care.result_of_a_test() == "delivered"
    phone.secret = old
    assert await care.result_of_a_test() == "rejected_500"
    assert phone.signatures == [2, 2, 1, 1]
    assert (await care.shown()).json()["previous_key_until"] is None


async def test_a_secret_in_wrong_hands_ends_at_once(care: Care) -> None:
    await care.alone.world.deployment.start("alerts", "engine")
    rotated = await care.does("rotate-secret", {"overlap_s": 0}, version="*")
    assert await care.result_of_a_test() == "rejected_500"
    care.of.phone.secret = rotated.json()["secret"]
    assert await care.result_of_a_test() == "delivered"
    assert care.of.phone.signatures == [1, 1]


async def test_the_default_overlap_is_a_day_and_nothing_is_kept_in_clear(care: Care) -> None:
    old = care.of.phone.secret
    rotated = await care.does("rotate-secret", {}, version=1)
    [row] = await care.rows(
        "SELECT id, secret_sealed, previous_secret_sealed, previous_secret_until - clock_timestamp() AS lasts,"
        " to_jsonb(e) AS whole FROM webhook_endpoints e WHERE CAST(id AS text) = :id",
        id=care.of.phone.endpoint_id,
    )
    assert timedelta(hours=23, minutes=59) < row["lasts"] <= timedelta(hours=24)
    told = f"{row['whole']}{(await care.shown()).text}{await care.rows('SELECT response FROM idempotency_keys')}"
    assert not any(secret.removeprefix("whsec_") in told for secret in (old, rotated.json()["secret"]))
    settings = care.alone.world.deployment.settings("alerts")
    assert isinstance(settings, AlertsSettings)
    box = SecretBox(settings.secrets_key_bytes)
    with pytest.raises(SecretUnreadable):  # copied into the other column, a sealed key does not open
        box.open(row["previous_secret_sealed"], context=endpoint_secret_context(row["id"]))


async def test_a_rotation_that_was_not_seen_or_does_not_fit_changes_nothing(care: Care) -> None:
    before = (await care.shown()).json()
    refused = {
        428: await care.does("rotate-secret", {}),
        412: await care.does("rotate-secret", {}, version=7),
        422: await care.does("rotate-secret", {"overlap_s": -1}, version=1),
    }
    assert {code: answer.status_code for code, answer in refused.items()} == {code: code for code in refused}
    assert refused[422].json()["errors"][0]["pointer"] == "/overlap_s"
    stranger = care.alone.world.bearer("supervisor", org="0d9a1f00-0000-4000-8000-000000000002")
    foreign = await care.alone.world.alerts.post(
        f"{care.path}/rotate-secret", json={}, headers=stranger | {"If-Match": "*"}
    )
    assert foreign.status_code == 404
    shown = await care.shown()
    assert shown.json() == before
    assert shown.headers["etag"] == '"1"'


async def test_a_repeated_rotation_is_one_and_does_not_tell_the_secret_again(care: Care) -> None:
    headers = care.bearer | {"If-Match": '"1"', "Idempotency-Key": "rotate-1"}
    first, second = [
        await care.alone.world.alerts.post(f"{care.path}/rotate-secret", json={}, headers=headers) for _ in range(2)
    ]
    assert first.status_code == second.status_code == 200
    assert second.json() == first.json() | {"secret": None}
    assert (await care.shown()).json()["version"] == 2


async def test_a_key_pair_signs_what_its_public_half_proves_and_its_private_half_is_nowhere(care: Care) -> None:
    await care.alone.world.deployment.start("alerts", "engine")
    rotated = (await care.does("rotate-secret", {"signature": "ed25519", "overlap_s": 0}, version=1)).json()
    assert (rotated["secret"], rotated["signature"]) == (None, "ed25519")
    assert rotated["public_key"].startswith("whpk_")
    care.of.phone.secret = rotated["public_key"]
    assert await care.result_of_a_test() == "delivered"
    assert (await care.shown()).json()["public_key"] == rotated["public_key"]
    assert "whsk_" not in str(await care.rows("SELECT to_jsonb(e) AS whole FROM webhook_endpoints e"))
    again = (await care.does("rotate-secret", {}, version=2)).json()
    assert again["signature"] == "ed25519"
    assert again["public_key"] != rotated["public_key"]


async def test_an_endpoint_that_is_enabled_again_is_called_where_nobody_was_left(care: Care) -> None:
    async with care.alone.world.alerts_db.transaction() as tx:
        await raise_alarm(tx, service="alerts", alarm="endpoint_gone", subject=care.of.phone.endpoint_id)
    assert (await care.does("disable")).json()["enabled"] is False
    incident = await care.alone.incident()
    assert (await care.alone.world.dispatch_becomes(incident, "exhausted"))["offers"] == []
    async with care.alone.world.alerts_db.transaction() as tx:  # or the engine would look again by itself
        await tx.run("UPDATE dispatches SET reconsider_at = app_now() + interval '1 hour'")
        await tx.run("DELETE FROM reconsideration_requests")
    for _ in range(2):
        shown = (await care.does("enable")).json()
        assert (shown["enabled"], shown["disabled_reason"], shown["version"]) == (True, None, 3)
    await care.alone.world.deployment.start("alerts", "engine")
    await care.of.is_offered(incident)
    assert await care.rows("SELECT state FROM alarms") == [{"state": "cleared"}]


async def test_of_two_phones_enabled_at_once_one_is_where_five_are_the_most(care: Care) -> None:
    await care.does("disable")
    first = care.path
    await care.alone.world.gets_phone(care.of)
    second = f"/v1/webhook-endpoints/{care.of.phone.endpoint_id}"
    await care.alone.world.alerts.post(f"{second}/disable", headers=care.bearer)
    for number in range(MOST_PER_PERSON - 1):
        other = care.alone.world.phones.phone(f"other-{number}")
        await care.alone.world.registers(other, {"kind": "interrupter", "id": str(care.of.worker)})
    answers = await asyncio.gather(
        *(care.alone.world.alerts.post(f"{path}/enable", headers=care.bearer) for path in (first, second))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_notices_may_be_muted_and_what_is_waited_for_never(care: Care) -> None:
    for wanted, fault in (
        ("truce.offer.made", "always come"),
        ("truce.assignment.made", "always come"),
        ("truce.page.exhausted", "always come"),
        ("truce.weather.fine", "no type of message"),
    ):
        refused = await care.mutes("truce.offer.taken", wanted)
        assert refused.status_code == 422
        [error] = refused.json()["errors"]
        assert error["pointer"] == "/1"
        assert fault in error["detail"]
        assert wanted not in refused.text
    assert (await care.shown()).json()["muted"] == []
    muted = await care.mutes("truce.offer.withdrawn", "truce.offer.taken", "offer.taken")
    assert muted.json()["muted"] == ["truce.offer.taken", "truce.offer.withdrawn"]
    assert muted.headers["etag"] == '"2"'


async def test_a_muted_notice_is_not_queued_and_the_question_comes(care: Care) -> None:
    world = care.alone.world
    await world.asks(parallel_offers=2)
    kestrel = await world.on_duty("kestrel", km=2)
    assert (await care.mutes("offer.taken")).status_code == 200
    await world.deployment.start("alerts", "engine")
    incident = await care.alone.incident()
    await care.of.is_offered(incident)
    await kestrel.accepts(await kestrel.is_offered(incident))
    assert await care.rows("SELECT kind FROM deliveries WHERE kind = 'offer.taken'") == []


async def test_a_test_is_one_at_a_time_and_only_of_what_is_called(care: Care) -> None:
    first = await care.does("test")
    assert first.status_code == 202
    second = await care.does("test")
    assert (second.status_code, second.json()["state"]) == (409, "pending")
    await care.does("disable")
    third = await care.does("test")
    assert (third.status_code, third.json()["state"]) == (409, "disabled")
