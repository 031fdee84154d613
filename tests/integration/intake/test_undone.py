"""A merge that was a mistake is undone whole: both are as they were, whatever the one had from the other."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.integration.intake.test_merging import merged, split
from tests.integration.intake.test_one_truth import off
from tests.support.intake import Intake

Taken = dict[str, Any]
Prepared = Callable[[Intake], Awaitable[Taken]]
_CHANGES = {"version", "possible_duplicates", "obstacles"}


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def seen(intake: Intake, incident: str) -> dict[str, Any]:
    answer = await intake.staff("supervisor").get(f"/v1/incidents/{incident}")
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name not in _CHANGES}


async def done(intake: Intake, taken: Taken, *verbs: tuple[str, dict[str, Any]]) -> Taken:
    for verb, body in verbs:
        answer = await intake.decide(taken["incident_id"], verb, body, role="supervisor")
        assert answer.status_code == 200, answer.text
    return taken


async def resident(intake: Intake) -> Taken:
    return await intake.taken(by=intake.source("resident"), kind="shots_fired", injured=None)


async def hospital(intake: Intake) -> Taken:
    """Activated by policy."""
    return await intake.taken(by=intake.source("hospital"), location=off(300), injured=3, juvenile_involved=True)


async def rumour(intake: Intake) -> Taken:
    return await done(intake, await resident(intake), ("rumour", {"rumour": True, "reason": "hearsay"}))


async def verified(intake: Intake) -> Taken:
    return await done(intake, await resident(intake), ("verify", {}))


async def restricted(intake: Intake) -> Taken:
    return await done(intake, await resident(intake), ("visibility", {"restricted": True, "reason": "worker_involved"}))


async def restricted_as_reported(intake: Intake) -> Taken:
    return await intake.taken(by=intake.staff(), restricted=True, location=off(200))


async def death(intake: Intake) -> Taken:
    return await intake.taken(location=off(300), kind="homicide", killed=1, active_threat=True)


async def corrected(intake: Intake) -> Taken:
    """By a person, downwards and elsewhere."""
    return await done(
        intake,
        await intake.taken(by=intake.source("resident"), injured=4, killed=None),
        ("reclassify", {"killed": 0, "injured": 1, "weapon": "knife", "reason": "police_finding"}),
        ("relocate", {"location": off(150), "reason": "address_known"}),
        ("scene", {"status": "clear", "reason": "police_report"}),
    )


async def screened_out(intake: Intake) -> Taken:
    return await intake.taken(location=off(300), relationship="family")


async def brought_back(intake: Intake) -> Taken:
    return await done(intake, await screened_out(intake), ("reopen", {"reason": "decided_wrongly"}))


async def closed(intake: Intake) -> Taken:
    return await done(intake, await hospital(intake), ("close", {}))


PAIRS = [
    (resident, hospital),
    (hospital, resident),
    (hospital, hospital),
    (rumour, verified),
    (verified, rumour),
    (rumour, hospital),
    (resident, restricted),
    (restricted, hospital),
    (restricted_as_reported, resident),
    (resident, restricted_as_reported),
    (corrected, death),
    (death, corrected),
    (resident, screened_out),
    (screened_out, resident),
    (brought_back, hospital),
    (resident, brought_back),
    (hospital, closed),
    (closed, verified),
]


@pytest.mark.parametrize(
    ("survivor", "lost"), PAIRS, ids=[f"{one.__name__}-takes-{other.__name__}" for one, other in PAIRS]
)
async def test_both_are_as_they_were_before(intake: Intake, survivor: Prepared, lost: Prepared) -> None:
    told = [await survivor(intake), await lost(intake)]
    kept, gone = (one["incident_id"] for one in told)
    before = [await seen(intake, one) for one in (kept, gone)]
    await merged(intake, gone, kept, role="supervisor")
    both = await seen(intake, kept)
    assert both["report_count"] == sum(one["report_count"] for one in before)
    assert both["restricted"] is (await seen(intake, gone))["restricted"] is any(one["restricted"] for one in before)
    assert both["rumour"] is (before[0]["rumour"] and before[1]["verification"] != "confirmed")
    await split(intake, kept, told[1], role="supervisor")
    assert [await seen(intake, one) for one in (kept, gone)] == before


async def test_what_a_person_decided_about_the_survivor_since_stays(intake: Intake) -> None:
    verbs: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
        "close": ({}, ("closed", "single_source")),
        "verify": ({}, ("verified", "confirmed")),
        "screen-out": ({"reason": "unfounded"}, ("screened_out", "unverified")),
    }
    for verb, (body, (state, known_as)) in verbs.items():
        told = [await resident(intake), await hospital(intake)]
        kept = told[0]["incident_id"]
        await merged(intake, told[1]["incident_id"], kept)
        await done(intake, told[0], (verb, body))
        apart = await split(intake, kept, told[1])
        assert apart["incident"]["state"] == state, verb
        assert (apart["incident"]["verification"] == "confirmed") is (known_as == "confirmed")
        assert apart["split_off"]["state"] == "activated"


async def test_a_response_that_came_with_several_stays_until_the_last_of_them_is_gone(intake: Intake) -> None:
    told = [await resident(intake), await hospital(intake), await hospital(intake)]
    root, first, second = (one["incident_id"] for one in told)
    began = [one["incident"]["activated_at"] for one in told]
    await merged(intake, first, root)
    await merged(intake, second, root)
    assert (await seen(intake, root))["activated_at"] == began[1]
    remains = (await split(intake, root, told[1]))["incident"]
    assert (remains["state"], remains["activated_at"], remains["injured"]) == ("activated", began[2], 3)
    remains = (await split(intake, root, told[2]))["incident"]
    assert (remains["state"], remains["activated_at"], remains["injured"]) == ("reported", None, None)


async def test_a_death_of_another_goes_though_the_number_was_corrected_before(intake: Intake) -> None:
    told = [await corrected(intake), await death(intake)]
    kept, gone = (one["incident_id"] for one in told)
    before = [await seen(intake, one) for one in (kept, gone)]
    assert (before[0]["killed"], before[0]["injured"]) == (0, 1)
    await merged(intake, gone, kept)
    both = await seen(intake, kept)
    assert (both["kind"], both["killed"], both["active_threat"]) == ("homicide", 1, True)
    await done(intake, told[0], ("reclassify", {"injured": 6, "reason": "medical_finding"}))
    apart = await split(intake, kept, told[1])
    assert (apart["incident"]["kind"], apart["incident"]["killed"]) == ("shooting", 0)
    assert apart["incident"]["injured"] == 6, "a person's last word"
    assert await seen(intake, gone) == before[1]


async def test_a_response_to_a_report_that_was_attached_wrongly_goes_with_it(intake: Intake) -> None:
    police = {"by": intake.source("police", sub="split-line"), "source_ref": "wrong-1"}
    first = await intake.taken(kind="shots_fired", injured=None, **police)
    wrong = await intake.taken(killed=1, kind="homicide", **police)
    incident = first["incident_id"]
    assert (wrong["incident_id"], wrong["incident"]["state"]) == (incident, "activated")
    await done(intake, wrong, ("reclassify", {"juvenile_involved": True, "reason": "police_finding"}))
    apart = await split(intake, incident, wrong)
    assert (apart["split_off"]["state"], apart["split_off"]["killed"]) == ("activated", 1)
    remains = apart["incident"]
    assert (remains["state"], remains["kind"], remains["juvenile_involved"]) == ("reported", "shots_fired", True)
    assert [name for name, _ in await intake.events(incident)][-2:] == ["split", "reclassified"]


async def test_a_wrong_report_of_one_that_was_merged_takes_its_response_from_both(intake: Intake) -> None:
    police = {"by": intake.source("police", sub="below-line"), "source_ref": "wrong-2"}
    kept, first = await resident(intake), await intake.taken(kind="shots_fired", injured=None, **police)
    wrong = await intake.taken(killed=1, kind="homicide", **police)
    lost, root = first["incident_id"], kept["incident_id"]
    assert (wrong["incident_id"], wrong["incident"]["state"]) == (lost, "activated")
    assert (await merged(intake, lost, root))["state"] == "activated"
    apart = await split(intake, root, wrong)
    assert (apart["split_off"]["state"], apart["incident"]["state"]) == ("activated", "reported")
    back = (await split(intake, root, first))["split_off"]
    assert (back["incident_id"], back["state"], back["kind"]) == (lost, "reported", "shots_fired")


async def test_what_was_confirmed_or_brought_back_stays_so_as_part_of_another(intake: Intake) -> None:
    one, other = await rumour(intake), await resident(intake)
    for kept, lost in ((one, await verified(intake)), (other, await brought_back(intake))):
        await merged(intake, lost["incident_id"], kept["incident_id"])
    found = await seen(intake, one["incident_id"])
    assert (found["state"], found["verification"], found["rumour"]) == ("verified", "confirmed", False)
    assert (await intake.decide(one["incident_id"], "activate")).json()["state"] == "activated"
    found = await seen(intake, other["incident_id"])
    assert (found["state"], found["relationship"]) == ("reported", "family"), "policy turns it away no second time"


async def test_what_is_split_off_a_restricted_one_is_as_restricted_as_it_was(intake: Intake) -> None:
    police = {"by": intake.source("police", sub="hidden-line"), "source_ref": "hidden-1"}
    first, wrong = await intake.taken(**police), await intake.taken(injured=4, **police)
    await done(intake, first, ("visibility", {"restricted": True, "reason": "worker_involved"}))
    apart = await split(intake, first["incident_id"], wrong, role="supervisor")
    for one in (apart["incident"], apart["split_off"]):
        assert one["restricted"] is True, "whoever is kept from the one was kept from the other"
        assert (await intake.staff().get(f"/v1/incidents/{one['incident_id']}")).status_code == 404


async def test_what_a_person_says_of_its_visibility_is_said_of_all_that_is_part_of_it(intake: Intake) -> None:
    told = [await resident(intake), await hospital(intake)]
    kept, lost = (one["incident_id"] for one in told)
    await merged(intake, lost, kept)
    await done(intake, told[1], ("visibility", {"restricted": True, "reason": "safety"}))
    assert [(await seen(intake, one))["restricted"] for one in (kept, lost)] == [True, True]
    await split(intake, kept, told[1], role="supervisor")
    assert [(await seen(intake, one))["restricted"] for one in (kept, lost)] == [True, True], "a person lifts it"
