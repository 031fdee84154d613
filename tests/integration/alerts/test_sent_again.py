"""What died is sent again only while it still holds, and can be answered then."""

from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.test_delivery_log import asked, queued, told
from tests.support.response_pages import page_of, said


async def test_a_test_page_is_sent_again_while_it_is_open_and_can_be_answered(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    sent = await alone.world.alerts.post("/v1/test-pages", json={}, headers=alone.world.bearer("dispatcher"))
    assert sent.status_code == 201, sent.text
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(
            "UPDATE deliveries SET state = 'dead', next_attempt_at = NULL, settled_at = clock_timestamp()"
            " WHERE kind = 'test_page'"
        )
    [line] = (await asked(alone, kind="test_page")).json()["items"]
    again = await told(alone, f"/{line['delivery_id']}/replay")
    assert again.status_code == 201, again.text
    await alone.world.deployment.start("alerts", "engine")
    page = page_of(alone.world.alerts, await alone.world.phones.message(heron.phone, kind="truce.test_page"))
    assert said(await page.press("seen")) == "You have answered. Thank you."


async def test_what_is_long_over_stays_dead_with_the_reason(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    over = ("test_page", "triage.due_soon", "plan_step.overdue", "shift_trade.requested", "endpoint.failing")
    for kind in (*over, "check_in.due", "scene.threat", "scene.clear", "scene.moved"):
        refused = await told(alone, f"/{await queued(alone, heron, kind)}/replay")
        assert (refused.status_code, refused.json()["state"]) == (409, "no_longer_so"), kind
