"""Pages as the desks see them: of every kind there is, to whom they concern, and of a restricted incident no more."""

from typing import Any

from services.alerts.api.response_words import PAGES
from services.alerts.domain.pages import PageKind
from services.alerts.usecases.dispatching.part_from_unfit import clear_settled_doubt, tell_of_unfit
from services.alerts.usecases.paging.follow_own_alarm import follow_own_alarm
from services.alerts.usecases.paging.open_page import NewPage, page_people
from services.alerts.usecases.paging.repeat_unacknowledged_page import repeat_unacknowledged_page
from shared.kernel.ids import new_id
from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.test_practice import has_role
from tests.integration.alerts.test_restricted import becomes
from tests.support.world import OAK_STREET, RIVER_ROAD


async def test_pages_of_every_kind_are_listed_and_have_words(alone: AlertsAlone) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        for kind in PageKind:
            assert await page_people(tx, NewPage(kind, str(new_id()), repeat_s=300))
    answer = await alone.world.alerts.get("/v1/pages", headers=alone.world.bearer("dispatcher"))
    assert answer.status_code == 200, answer.text
    assert {page["kind"] for page in answer.json()} == set(PageKind) == set(PAGES)


async def test_that_nobody_can_be_paged_is_over_when_a_page_of_that_kind_has_somebody_to_go_to(
    alone: AlertsAlone,
) -> None:
    db, subjects = alone.world.alerts_db, [str(new_id()) for _ in range(2)]

    async def standing() -> list[str]:
        async with db.transaction() as tx:
            rows = await tx.rows(
                "SELECT subject FROM alarms WHERE alarm = 'nobody_to_page' AND state <> 'cleared' ORDER BY subject"
            )
            return [row["subject"] for row in rows]

    async def enabled(value: str) -> None:
        async with db.transaction() as tx:
            await tx.run(f"UPDATE webhook_endpoints SET enabled = {value} WHERE owner_kind = 'duty_dispatcher'")

    await enabled("false")
    async with db.transaction() as tx:
        for kind, subject in zip((PageKind.EXHAUSTED, PageKind.NOT_ON_SCENE), subjects, strict=True):
            assert not await page_people(tx, NewPage(kind, subject, repeat_s=300))
    assert await standing() == ["exhausted", "not_on_scene"]
    await enabled("true")
    async with db.transaction() as tx:
        assert await page_people(tx, NewPage(PageKind.NOT_ON_SCENE, str(new_id()), repeat_s=300))
    assert await standing() == ["exhausted"]
    await alone.world.deployment.advance(seconds=301)
    while await db.retrying(repeat_unacknowledged_page):
        pass
    assert await standing() == []


async def seen(alone: AlertsAlone, *roles: str, **claims: Any) -> list[tuple[str, str]]:
    answer = await alone.world.alerts.get("/v1/pages", headers=alone.world.bearer(*roles, **claims))
    assert answer.status_code == 200, answer.text
    return sorted((page["kind"], page["subject"]) for page in answer.json())


async def test_a_supervisor_sees_and_silences_what_concerns_that_supervisor_alone(alone: AlertsAlone) -> None:
    incident = await alone.incident()
    async with alone.world.alerts_db.transaction() as tx:
        await page_people(tx, NewPage(PageKind.ALARM, "alerts/engine_late/offers", repeat_s=300))
    [page] = [row for row in (await listed(alone)) if row["kind"] == "exhausted"]
    own, path = [("exhausted", incident)], f"/v1/pages/{page['page_id']}/acknowledge"
    assert await seen(alone, "supervisor", org=OAK_STREET) == own
    assert await seen(alone, "dispatcher") == [("alarm", "alerts/engine_late/offers"), *own]
    for claims in ({"org": RIVER_ROAD}, {}):
        assert await seen(alone, "supervisor", **claims) == []
        answer = await alone.world.alerts.post(path, headers=alone.world.bearer("supervisor", **claims))
        assert answer.status_code == 404
    answer = await alone.world.alerts.post(path, headers=alone.world.bearer("supervisor", org=OAK_STREET))
    assert answer.status_code == 204


async def test_no_page_and_no_alarm_names_a_restricted_incident_to_the_desk(alone: AlertsAlone) -> None:
    heron, db = await alone.world.on_duty("heron"), alone.world.alerts_db
    incident = await alone.incident()
    assignment = await has_role(alone, heron, incident)
    await becomes(alone, incident, restricted=True)
    await heron.keeps_out_of(incident, organization=OAK_STREET)
    assert await db.retrying(tell_of_unfit)
    while await db.retrying(follow_own_alarm):
        pass
    told = [("alarm", f"alerts/assignment_in_doubt/restricted/{assignment}"), ("assignment_in_doubt", "restricted")]
    assert await seen(alone, "dispatcher") == told
    assert await seen(alone, "supervisor", org=OAK_STREET) == [("assignment_in_doubt", f"{incident}/{assignment}")]
    await heron.does(assignment, "give-back")
    assert await db.retrying(clear_settled_doubt)
    assert await seen(alone, "supervisor", org=OAK_STREET) == [("exhausted", incident)]


async def listed(alone: AlertsAlone) -> list[dict[str, Any]]:
    return list((await alone.world.alerts.get("/v1/pages", headers=alone.world.bearer("dispatcher"))).json())
