"""A phone is not flooded: notices that pile up are one text, so many a minute; what is urgent is never held back."""

from services.alerts.delivery.claim import claim
from services.alerts.domain.policy import TEXTS_PER_MINUTE
from services.alerts.usecases.messages.bundle_notices import MOST_IN_ONE, bundle_notices
from tests.integration.alerts.channels.conftest import execute, person, reached_by_text
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.text_receivers import Gateway
from tests.support.waiting import eventually

_ARRIVED = """
UPDATE deliveries SET state = 'delivered', lease_until = NULL, settled_at = clock_timestamp() WHERE state = 'attempting'
"""
_A_MINUTE_PASSES = "UPDATE deliveries SET first_attempt_at = first_attempt_at - interval '61 seconds'"


async def by_sms_alone(alone: AlertsAlone, gateway: Gateway) -> Interrupter:
    heron = await alone.world.on_duty("heron")
    await reached_by_text(alone, person(heron), gateway)
    await execute(alone, "UPDATE webhook_endpoints SET enabled = false WHERE kind = 'webhook'")
    return heron


DATA = '{"area":"Alder","links":{"respond":"{respond}"}}'


async def notices(alone: AlertsAlone, count: int, kind: str = "offer.taken") -> None:
    await execute(
        alone,
        "INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, next_attempt_at) "
        f"SELECT gen_random_uuid(), 'durable', '{kind}', e.id, "
        f"""convert_to('{{"type":"truce.{kind}","data":{DATA}}}', 'UTF8'), 'pending', 0, """
        "clock_timestamp() FROM webhook_endpoints e, "
        f"generate_series(1, {count}) WHERE e.kind = 'sms'",
    )


async def log(alone: AlertsAlone) -> list[tuple[str, bool]]:
    """(state, went out with another) of every message to the phone, in order."""
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows(
            "SELECT d.state, d.bundled_into IS NOT NULL AS bundled FROM deliveries d "
            "JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE e.kind = 'sms' ORDER BY d.created_at, d.id"
        )
    return [(row["state"], row["bundled"]) for row in rows]


async def test_notices_that_pile_up_are_one_text_and_the_log_says_so(alone: AlertsAlone) -> None:
    async with Gateway() as gateway:
        await by_sms_alone(alone, gateway)
        await notices(alone, 4)
        await alone.world.deployment.start("alerts", "engine")
        await eventually(lambda: _settled(alone))
        [text] = gateway.texts
        title, *lines = text.splitlines()
        words, links = zip(*(line.rsplit(" ", 1) for line in lines), strict=True)
        assert (title, words) == ("Truce: 4 notices", ("Somebody else has it. You need not go. Alder.",) * 4)
        assert len({link for link in links if "/r/" in link}) == 4, "each has its own"
        assert sorted(await log(alone)) == [("bundled", True)] * 3 + [("delivered", False)]


async def test_a_bundle_that_is_tried_again_is_the_same_one(alone: AlertsAlone) -> None:
    async with Gateway("refuse") as gateway:
        await by_sms_alone(alone, gateway)
        await notices(alone, 3)
        await alone.world.deployment.start("alerts", "engine")
        await eventually(lambda: _failed_once(alone))
        await notices(alone, 2)
        gateway.behaviour = "ok"
        await execute(
            alone, "UPDATE deliveries SET next_attempt_at = clock_timestamp() WHERE state = 'retry_scheduled'"
        )
        await eventually(lambda: _settled(alone))
        assert sorted(text.partition("\n")[0] for text in gateway.texts) == ["Truce: 2 notices", "Truce: 3 notices"]


async def test_an_offer_that_waits_beside_notices_goes_with_none_of_them(alone: AlertsAlone) -> None:
    async with Gateway() as gateway:
        await by_sms_alone(alone, gateway)
        await notices(alone, 3)
        await alone.incident()
        async with alone.world.alerts_db.transaction() as tx:
            notice = await tx.row("SELECT id, endpoint_id FROM deliveries WHERE kind = 'offer.taken' LIMIT 1")
            together = await bundle_notices(tx, notice["endpoint_id"], notice["id"], is_first_attempt=True)
            rows = await tx.rows("SELECT kind, state FROM deliveries WHERE kind LIKE 'offer.%' ORDER BY kind, state")
        assert len(together) == 2
        assert [(row["kind"], row["state"]) for row in rows] == [
            ("offer.made", "pending"),
            ("offer.taken", "bundled"),
            ("offer.taken", "bundled"),
            ("offer.taken", "pending"),
        ]


async def test_a_bundle_has_an_end(alone: AlertsAlone) -> None:
    async with Gateway() as gateway:
        await by_sms_alone(alone, gateway)
        await notices(alone, MOST_IN_ONE + 1)
        await alone.world.deployment.start("alerts", "engine")
        await eventually(lambda: _settled(alone))
        assert [len(text.splitlines()) for text in gateway.texts] == [1 + MOST_IN_ONE, 2]


async def test_a_phone_gets_so_many_texts_a_minute_and_an_offer_all_the_same(alone: AlertsAlone) -> None:
    async with Gateway() as gateway:
        await alone.world.asks(texts_per_minute=2)
        await by_sms_alone(alone, gateway)
        for _ in range(2):
            await notices(alone, 1)
            await _sent(alone, "offer.taken")
        await notices(alone, 2)
        async with alone.world.alerts_db.transaction() as tx:
            assert await claim(tx, most=10) == []
        await alone.incident()
        assert await _sent(alone, "offer.made") == ["offer.made"]
        async with alone.world.alerts_db.transaction() as tx:
            assert await claim(tx, most=10) == []
        await execute(alone, _A_MINUTE_PASSES)
        await alone.world.deployment.start("alerts", "engine")
        await eventually(lambda: _settled(alone))
        assert [text.partition("\n")[0] for text in gateway.texts] == ["Truce: 2 notices"]


async def test_each_kind_of_phone_has_its_own_number_and_else_the_default(alone: AlertsAlone) -> None:
    async with Gateway() as gateway:
        heron = await by_sms_alone(alone, gateway)
        for place, kind in enumerate(("email", "chat"), start=2):
            await reached_by_text(alone, person(heron), gateway, kind=kind, position=place)
        await alone.world.asks(texts_per_minute={"sms": 1, "chat": 2})
        taken = [sorted(await _round(alone)) for _ in range(TEXTS_PER_MINUTE + 1)]
        assert taken == [["chat", "email", "sms"], ["chat", "email"], *[["email"]] * (TEXTS_PER_MINUTE - 2), []]
        await alone.world.asks(texts_per_minute=3)
        assert sorted(await _round(alone)) == ["chat", "sms"], "one number holds for all"
        await execute(alone, _A_MINUTE_PASSES)
        assert sorted(await _round(alone)) == ["chat", "email", "sms"]


async def test_an_offer_does_not_wait_for_a_hanging_notice_nor_go_with_it(alone: AlertsAlone) -> None:
    async with Gateway("hang") as gateway:
        await by_sms_alone(alone, gateway)
        await notices(alone, 3)
        await alone.world.deployment.start("alerts", "engine")
        await eventually(lambda: _calls(gateway, 1))
        await alone.incident()
        await eventually(lambda: _calls(gateway, 2), within_s=3)
        assert ("bundled", True) in await log(alone)


async def _sent(alone: AlertsAlone, kind: str) -> list[str]:
    """As if a sender had taken what there is and had been told that it arrived."""
    async with alone.world.alerts_db.transaction() as tx:
        taken = [message.kind for message in await claim(tx, most=10)]
    assert taken == [kind]
    await execute(alone, _ARRIVED)
    return taken


async def _round(alone: AlertsAlone) -> list[str]:
    """The kinds of phone that a notice goes to, where each has one waiting; a sender is told that they arrived."""
    await execute(
        alone,
        "INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, next_attempt_at) "
        "SELECT gen_random_uuid(), 'durable', 'offer.taken', id, convert_to('{}', 'UTF8'), 'pending', 0, "
        "clock_timestamp() FROM webhook_endpoints WHERE kind <> 'webhook'",
    )
    async with alone.world.alerts_db.transaction() as tx:
        taken = [message.endpoint_kind.value for message in await claim(tx, most=10)]
    await execute(alone, _ARRIVED)
    return taken


async def _settled(alone: AlertsAlone) -> bool:
    return {state for state, _ in await log(alone)} <= {"delivered", "bundled"}


async def _failed_once(alone: AlertsAlone) -> bool:
    return ("retry_scheduled", False) in await log(alone)


async def _calls(gateway: Gateway, count: int) -> bool:
    return gateway.calls >= count
