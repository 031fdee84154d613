"""The page behind a link: looking changes nothing, acting takes a POST, by the same rules as over the API."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.integration.alerts.channels.conftest import asked, everything, settled, state_of
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.response_pages import buttons, page_of, said
from tests.support.waiting import eventually

NOES = [f"decline:{reason}" for reason in ("off_shift", "already_committed", "conflict_of_interest", "unsafe", "other")]


# looking


async def test_however_often_a_scanner_fetches_the_page_nothing_changes(alone: AlertsAlone) -> None:
    _, _, page = await asked(alone)
    before = await everything(alone)
    for method in ("GET", "HEAD", "GET", "HEAD", "GET"):
        assert (await page.look(method)).status_code == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert (await page.look(method)).status_code == 405
    assert await everything(alone) == before


async def test_the_page_says_what_where_and_until_when_and_no_id(alone: AlertsAlone) -> None:
    _, incident, page = await asked(alone)
    answer = await page.look()
    offer = (await alone.world.dispatch(incident))["offers"][0]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for words in ("Shooting", "Area: Alder", "Place: 38.90000, -77.00000", "Go to the scene", "Answer by "):
        assert words in answer.text
    assert "DANGER" not in answer.text
    assert buttons(answer) == ["seen", "take", *NOES]
    for hidden in (incident, offer["offer_id"], offer["interrupter_id"], page.token):
        assert hidden not in answer.text
    assert len(answer.content) < 4096
    assert f"Answer by {local(offer['acknowledge_by'])}" in answer.text
    assert f"Answer by {local(offer['accept_by'])}" in (await page.press("seen")).text


def local(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo("America/New_York")).strftime("%H:%M")


async def test_the_page_loads_nothing_tells_nobody_and_is_kept_nowhere(alone: AlertsAlone) -> None:
    _, _, page = await asked(alone)
    for answer in (await page.look(), await page.press("seen"), await page.press("fly")):
        headers = answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert all(part in policy for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"))
        assert not re.search(r"<script|<img|<link|src=|href=|url\(", answer.text)


async def test_an_active_threat_is_said(alone: AlertsAlone) -> None:
    _, _, page = await asked(alone)
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE dispatches SET incident = jsonb_set(incident, '{active_threat}', 'true')")
    assert "DANGER: go near, not in." in (await page.look()).text


# acting


async def test_seen_taken_and_on_the_way_from_the_page_alone(alone: AlertsAlone) -> None:
    _, incident, page = await asked(alone)
    for do, says, offers in (
        ("seen", "You have seen this. Do you take it?", ["take", *NOES]),
        ("take", "You have it.", ["en_route", "on_scene", "give_back"]),
        ("take", "You have it.", ["en_route", "on_scene", "give_back"]),
        ("en_route", "You have it and are on your way.", ["on_scene", "give_back"]),
        ("on_scene", "You have it and are there.", ["well", "clear"]),
        ("well", "You have it and are there.", ["well", "clear"]),
        ("clear", "You have it and are done. Thank you.", []),
        ("clear", "You have it and are done. Thank you.", []),
    ):
        answer = await page.press(do)
        assert (answer.status_code, said(answer), buttons(answer)) == (200, says, offers), do
    assert await state_of(alone, incident) == ["accepted"]
    refused = await page.press("en_route")
    assert (refused.status_code, said(refused)) == (409, "You have it and are done. Thank you.")


async def test_a_repeated_press_is_one_effect(alone: AlertsAlone) -> None:
    _, _, page = await asked(alone)
    for _ in range(3):
        await page.press("take")
    async with alone.world.alerts_db.transaction() as tx:
        events = await tx.rows("SELECT 1 FROM outbox WHERE headers ->> 'ce_type' LIKE '%offer.accepted%'")
        assert len(events) == len(await tx.rows("SELECT 1 FROM assignments")) == 1


async def test_a_no_with_its_reason_asks_the_next_and_a_late_yes_counts(alone: AlertsAlone) -> None:
    kestrel = await alone.world.on_duty("kestrel", km=2)
    _, incident, page = await asked(alone, km=0.2)
    answer = await page.press("decline", reason="unsafe")
    assert (answer.status_code, buttons(answer), "Place: " in answer.text) == (200, ["take"], False)
    offer = await kestrel.is_offered(incident)
    assert (await alone.world.dispatch(incident))["offers"][0]["decline_reason"] == "unsafe"
    assert said(await page.press("take")) == "You have it."
    assert (await kestrel.taps(offer, "accept")).status_code == 409


async def test_what_somebody_else_has_is_shown_and_not_taken(alone: AlertsAlone) -> None:
    kestrel = await alone.world.on_duty("kestrel", km=2)
    _, incident, page = await asked(alone, km=0.2)
    await page.press("decline", reason="other")
    await kestrel.accepts(await kestrel.is_offered(incident))
    late = await page.press("take")
    assert (late.status_code, said(late), buttons(late)) == (409, "Somebody else has it. You need not go.", [])
    assert await state_of(alone, incident) == ["declined", "accepted"]


async def test_a_late_yes_of_whoever_would_not_be_asked_any_more_is_refused(alone: AlertsAlone) -> None:
    heron, incident, page = await asked(alone)
    await page.press("decline", reason="other")
    await heron.goes(on_duty=False)
    late = await page.press("take")
    assert (late.status_code, await state_of(alone, incident)) == (409, ["declined"])
    assert "off duty" in late.text


async def test_whoever_was_sent_by_hand_reports_from_the_page(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", duty=False)
    incident = await alone.incident()
    assert (await alone.world.reassigns(incident, heron, despite=["off_duty"])).status_code == 201
    await alone.world.deployment.start("alerts", "engine")
    await heron.is_told("assignment.made", incident)
    page = page_of(alone.world.alerts, heron.phone.messages[0])
    assert (said(await page.look()), said(await page.press("en_route"))) == (
        "You have it.",
        "You have it and are on your way.",
    )


async def test_a_test_is_acknowledged_from_its_page_by_whom_it_went_to_and_looking_is_no_answer(
    alone: AlertsAlone,
) -> None:
    heron, kestrel = await alone.world.on_duty("heron"), await alone.world.on_duty("kestrel")
    sent = []
    for _ in "12":
        answer = await alone.world.alerts.post("/v1/test-pages", json={}, headers=alone.world.bearer("dispatcher"))
        sent += [answer.status_code]
    assert sent == [201, 422]
    await alone.world.deployment.start("alerts", "engine")
    message = await alone.world.phones.message(heron.phone, kind="truce.test_page")
    await alone.world.phones.message(kestrel.phone, kind="truce.test_page")
    page = page_of(alone.world.alerts, message)
    first = await page.look()
    assert (said(first), buttons(first)) == ("Press Seen.", ["seen"])
    assert "This is a test" in first.text
    assert await outcomes(alone) == {"heron": "waiting", "kestrel": "waiting"}
    for wrong in ("take", "have_it", "clear"):
        assert (await page.press(wrong)).status_code == 422
    for _ in "12":
        answer = await page.press("seen")
        assert (said(answer), buttons(answer)) == ("You have answered. Thank you.", [])
    assert await outcomes(alone) == {"heron": "acknowledged", "kestrel": "waiting"}


async def outcomes(alone: AlertsAlone) -> dict[str, str]:
    """Of the one test, as the list tells it."""
    await eventually(lambda: settled(alone))
    answer = await alone.world.alerts.get("/v1/test-pages", headers=alone.world.bearer("dispatcher"))
    [test] = answer.json()["items"]
    return {one["call_sign"]: one["outcome"] for one in test["people"]}


async def test_a_page_is_acknowledged_from_its_page(alone: AlertsAlone) -> None:
    await alone.world.deployment.start("alerts", "engine")
    incident = await alone.incident()
    await alone.world.supervisor.is_paged("exhausted", incident_id=incident)
    page = page_of(alone.world.alerts, alone.world.supervisor.phone.messages[0])
    first = await page.look()
    assert (said(first), buttons(first)) == ("Somebody must act.", ["have_it"])
    assert "Nobody is left to ask" in first.text
    assert "Area: Alder" in first.text
    for _ in range(2):
        answer = await page.press("have_it")
        assert answer.status_code == 200
        assert said(answer).startswith("Somebody has it since ")
    async with alone.world.alerts_db.transaction() as tx:
        [row] = await tx.rows("SELECT state, settled_by FROM pages")
    assert (row["state"], row["settled_by"]) == (
        "acknowledged",
        f"supervisor/{alone.world.supervisor.phone.endpoint_id}",
    )
    assert (await page.press("take")).status_code == 422
