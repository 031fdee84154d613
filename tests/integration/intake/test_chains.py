"""What was merged into what was merged: taken apart, each has its own again."""

from typing import Any

import pytest

from tests.integration.intake.test_merging import merged, split
from tests.integration.intake.test_one_truth import off
from tests.integration.intake.test_undone import done, hospital, resident, rumour, seen
from tests.support.intake import Intake, dc_document


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def test_in_whatever_order_a_chain_is_taken_apart_each_comes_back_with_what_is_its_own(intake: Intake) -> None:
    told = [await resident(intake), await resident(intake), await hospital(intake)]
    root, middle, lowest = (one["incident_id"] for one in told)
    was = await seen(intake, lowest)
    await merged(intake, lowest, middle)
    await merged(intake, middle, root)
    apart = await split(intake, root, told[1])
    assert apart["split_off"]["incident_id"] not in {root, middle, lowest}, "what is below it stays where it is"
    back = (await split(intake, root, told[2]))["split_off"]
    assert back["incident_id"] == lowest
    assert await seen(intake, lowest) == was
    assert (await seen(intake, middle))["merged_into"] == root
    assert (await seen(intake, root))["report_count"] == 1


async def test_what_came_from_below_goes_from_the_whole_chain(intake: Intake) -> None:
    told = [await rumour(intake), await resident(intake), await done(intake, await hospital(intake), ("verify", {}))]
    root, middle, lowest = (one["incident_id"] for one in told)
    before = [await seen(intake, one) for one in (root, middle, lowest)]
    await merged(intake, lowest, middle)
    await merged(intake, middle, root)
    both = await seen(intake, root)
    assert (both["state"], both["verification"], both["rumour"]) == ("activated", "confirmed", False)
    apart = await split(intake, root, told[2])
    assert apart["split_off"]["incident_id"] == lowest
    remains = await seen(intake, root)
    assert (remains["state"], remains["verification"], remains["rumour"]) == ("reported", "unverified", True)
    await split(intake, root, told[1])
    assert [await seen(intake, one) for one in (root, middle, lowest)] == before


async def a_row_of_four(intake: Intake) -> list[dict[str, Any]]:
    """Each is too far from the next but one to be like it. The third is merged into the second, that into the first."""
    await intake.load(dc_document())
    told = [await intake.taken(by=intake.source("hospital", sub=f"h{n}"), location=off(400 * n)) for n in range(4)]
    await merged(intake, told[2]["incident_id"], told[1]["incident_id"])
    await merged(intake, told[1]["incident_id"], told[0]["incident_id"])
    return told


async def alike(intake: Intake, one: dict[str, Any]) -> list[str]:
    return [other["incident_id"] for other in (await intake.shown(one["incident_id"]))["possible_duplicates"]]


async def test_what_may_be_the_same_as_one_below_goes_with_it_from_the_whole_chain_and_stays_with_it(
    bare_intake: Intake,
) -> None:
    intake = bare_intake
    told = await a_row_of_four(intake)
    root, middle, lowest, other = (one["incident_id"] for one in told)
    assert (await alike(intake, told[3]), await alike(intake, told[0])) == ([root], [other])
    await split(intake, root, told[1], told[2])
    assert await alike(intake, told[0]) == []
    assert await alike(intake, told[3]) == [middle], "which has it from below still"
    await split(intake, middle, told[2])
    assert (await alike(intake, told[1]), await alike(intake, told[3])) == ([], [lowest])


async def test_taken_from_the_top_the_lowest_takes_along_what_all_above_it_had_from_it(bare_intake: Intake) -> None:
    told = await a_row_of_four(bare_intake)
    root, _, lowest, _ = (one["incident_id"] for one in told)
    await split(bare_intake, root, told[2])
    assert (await alike(bare_intake, told[0]), await alike(bare_intake, told[3])) == ([], [lowest])
    await split(bare_intake, root, told[1])
    assert await alike(bare_intake, told[1]) == []
