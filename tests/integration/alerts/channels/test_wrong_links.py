"""Wrong links, bad forms and where a link must never be written."""

import json
import logging

import httpx
import pytest

from services.alerts.api.response_page import MOST_WRONG
from services.alerts.delivery.response_link import links_of
from services.alerts.settings import AlertsSettings
from shared.kernel.ids import new_id
from tests.integration.alerts.channels.conftest import asked, everything, execute, settled, state_of
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.response_pages import ResponsePage
from tests.support.waiting import eventually

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_unknown_foreign_old_and_disabled_links_are_one_page(alone: AlertsAlone) -> None:
    heron, incident, page = await asked(alone)
    other = await alone.world.on_duty("other", duty=False)
    settings = alone.world.deployment.settings("alerts")
    assert isinstance(settings, AlertsSettings)
    never_sent = ResponsePage(alone.world.alerts, links_of(settings).link(new_id()))
    unknown = await alone.world.alerts.get("/r/" + "A" * 43)
    await eventually(lambda: settled(alone))
    for spoil, mend in (
        ("SELECT 1", "SELECT 1"),
        (f"UPDATE deliveries SET created_at = created_at {by}" for by in ("- interval '25 h'", "+ interval '25 h'")),
        (f"UPDATE offers SET interrupter_id = '{who.worker}'" for who in (other, heron)),
        (f"UPDATE webhook_endpoints SET enabled = {enabled}" for enabled in (False, True)),
    ):
        await execute(alone, spoil)
        at = never_sent if spoil == "SELECT 1" else page
        answers = [await at.look(), await at.press("take"), await at.press("have_it")]
        assert [(one.status_code, one.text) for one in answers] == [(404, unknown.text)] * 3, spoil
        await execute(alone, mend)
    assert (await page.look()).status_code == 200
    assert await state_of(alone, incident) == ["open"]


async def test_guessing_is_slowed_and_never_shuts_out_a_good_link(alone: AlertsAlone) -> None:
    _, _, page = await asked(alone)
    answers = [await alone.world.alerts.get(f"/r/{number:043d}") for number in range(2 * MOST_WRONG + 1)]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert answers[-1].headers["retry-after"] == "60"
    assert (await page.look()).status_code == 200


BAD_FORMS: list[tuple[bytes, dict[str, str], int]] = [
    (b"", FORM, 422),
    (b"do=take", {"Content-Type": "application/json"}, 415),
    (b"do=take", {}, 415),
    (b'{"do":"take"}', {"Content-Type": "application/json"}, 415),
    (b"do=take", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
    (b"do=take", {"Content-Type": "text/plain"}, 415),
    (b"do=fly", FORM, 422),
    (b"do=", FORM, 422),
    (b"do", FORM, 400),
    (b"reason=unsafe", FORM, 422),
    (b"do=decline", FORM, 422),
    (b"do=decline&reason=bored", FORM, 422),
    (b"do=decline&reason=", FORM, 422),
    (b"do=take&do=decline", FORM, 400),
    (b"do=take&do=take", FORM, 400),
    (b"do=take&offer=other", FORM, 400),
    (b"do=take&reason=unsafe&x=1", FORM, 400),
    (b"DO=take", FORM, 400),
    (b"do=TAKE", FORM, 422),
    (b"do=take%00", FORM, 422),
    (b"do=%ff%fe", FORM, 400),
    (b"do=\xff", FORM, 400),
    (b"do=take&" + b"a" * 600, FORM, 413),
    (b"do=" + b"x" * 509, FORM, 422),
    (b"&" * 400, FORM, 400),
    (b"do=have_it", FORM, 422),
    (b"do=en_route", FORM, 409),
    (b"do=take;do=decline", FORM, 422),
]


async def test_bad_forms_do_nothing_and_are_not_repeated(alone: AlertsAlone) -> None:
    _, _, page = await asked(alone)
    before = await everything(alone)
    for body, headers, status in BAD_FORMS:
        answer = await alone.world.alerts.post(page.path, content=body, headers=headers)
        assert answer.status_code == status, body
        assert "fly" not in answer.text
        assert "bored" not in answer.text
    assert (await alone.world.alerts.post(page.path, content=b"x" * 70_000, headers=FORM)).status_code == 413
    assert await everything(alone) == before


async def test_the_link_is_in_no_row_and_no_log(alone: AlertsAlone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, _, page = await asked(alone)
    await page.look()
    await page.press("take")
    await page.press("decline", reason="other")
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("ALTER TABLE offers RENAME TO offers_away")
    for answer in (await page.look(), await page.press("take")):
        assert answer.status_code == 500
        assert page.token not in answer.text
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("ALTER TABLE offers_away RENAME TO offers")
        names = await tx.rows("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'")
        rows = {row["name"]: await tx.rows(f'SELECT to_jsonb(t)::text AS row FROM "{row["name"]}" t') for row in names}
        bodies = [bytes(row["body"]) for row in await tx.rows("SELECT body FROM deliveries")]
    # The test's own client logs where it went.
    logged = "".join(f"{it.name} {it.getMessage()}\n" for it in caplog.records if not it.name.startswith("httpx"))
    assert "http.unexpected" in logged
    metrics: httpx.Response = await alone.world.alerts.get("/metrics")
    stored = json.dumps([row["row"] for found in rows.values() for row in found])
    for place in (logged, metrics.text, stored, str(bodies)):
        assert page.token not in place
        assert page.token[:22] not in place
