"""What cannot be planned names its field and leaves nothing; and not everybody plans."""

from datetime import timedelta
from typing import Any

from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import Workforce, pointers
from tests.support.planning import weekly

HOUR = timedelta(hours=1)
WRONG_SHIFTS: list[tuple[dict[str, Any], str]] = [
    ({"weekday": 0}, "/weekday"),
    ({"weekday": 8}, "/weekday"),
    ({"weekday": "1"}, "/weekday"),
    ({"starts": "24:00"}, "/starts"),
    ({"starts": "8:00"}, "/starts"),
    ({"ends": "08:00:30"}, "/ends"),
    ({"ends": "08:00+02:00"}, "/ends"),
    ({"ends": None}, "/ends"),
    ({"from_day": "2026-02-30"}, "/from_day"),
    ({"from_day": "9999-12-31"}, "/from_day"),
    ({"from_day": "2020-01-01"}, "/from_day"),
    ({"until_day": "2020-01-01"}, "/until_day"),
    ({"weekday": None, "until_day": "2060-01-01"}, "/until_day"),
    ({"note": "night"}, "/note"),
]
WRONG_OVERRIDES: list[tuple[dict[str, Any], str]] = [
    ({"kind": "holiday in Florida"}, "/kind"),
    ({"begins_at": "2031-01-01T00:00:00"}, "/begins_at"),
    ({"ends_at": "2020-01-01T00:00:00Z"}, "/ends_at"),
    ({"ends_at": "9999-12-31T23:59:59-14:00"}, "/ends_at"),
    ({"reason": "ill"}, "/reason"),
]


async def test_what_cannot_be_planned_names_its_field_and_leaves_nothing(planned: Workforce) -> None:
    heron = await planned.somebody()
    supervisor = await planned.acting("supervisor", org=heron["organization_id"])
    begins = await planned.now()
    shift = weekly(begins, begins + HOUR)
    override = {"kind": "extra", "begins_at": begins.isoformat(), "ends_at": (begins + HOUR).isoformat()}
    for what, right, wrongs in (("shifts", shift, WRONG_SHIFTS), ("duty-overrides", override, WRONG_OVERRIDES)):
        for change, pointer in wrongs:
            answer = await supervisor.post(f"/v1/interrupters/{heron['id']}/{what}", json=right | change)
            assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
            assert "Florida" not in answer.text
    assert await planned.one("SELECT count(*) FROM shifts") == 0
    assert await planned.one("SELECT count(*) FROM duty_overrides") == 0


async def test_without_a_programme_a_shift_has_no_clock(workforce: Workforce) -> None:
    heron = await workforce.somebody()
    supervisor = await workforce.acting("supervisor", org=heron["organization_id"])
    begins = await workforce.now()
    refused = await supervisor.post(f"/v1/interrupters/{heron['id']}/shifts", json=weekly(begins, begins + HOUR))
    assert (refused.status_code, refused.json()["state"]) == (409, "no_programme")


async def test_a_person_has_so_many_shifts_and_no_more(planned: Workforce) -> None:
    heron = await planned.somebody()
    begins = await planned.now()
    body = weekly(begins, begins + HOUR)
    async with planned.db.transaction() as tx:
        await tx.run(
            "INSERT INTO shifts (id, interrupter_id, weekday, from_day, starts, ends, added_by, added_at) "
            "SELECT gen_random_uuid(), :id, 1, '2026-01-01', '08:00', '09:00', 'test', app_now() "
            "FROM generate_series(1, 60)",
            id=heron["id"],
        )
    supervisor = await planned.acting("supervisor", org=heron["organization_id"])
    refused = await supervisor.post(f"/v1/interrupters/{heron['id']}/shifts", json=body)
    assert (refused.status_code, refused.json()["state"]) == (409, "full")


async def test_shifts_are_planned_by_the_persons_supervisor_or_the_office(planned: Workforce) -> None:
    heron = await planned.somebody()
    org, path = heron["organization_id"], f"/v1/interrupters/{heron['id']}"
    begins = await planned.now()
    body = weekly(begins, begins + HOUR)
    for role, claims, status in (
        ("interrupter", {"org": org, "worker": heron["id"]}, 403),
        ("dispatcher", {}, 403),
        ("supervisor", {"org": new_id()}, 404),
        ("supervisor", {"org": org}, 201),
        ("program_office", {}, 201),
    ):
        caller = await planned.acting(role, **claims)
        assert (await caller.post(f"{path}/shifts", json=body)).status_code == status, role
        assert (await caller.get(f"{path}/plan")).status_code == (404 if status == 404 else 200)
    both = await planned.acting("supervisor", "dispatcher", org=new_id())
    assert (await both.post(f"{path}/shifts", json=body)).status_code == 403
