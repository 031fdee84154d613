"""What was merged into what was merged: taken apart, each has its own again."""

import pytest

from tests.integration.intake.test_merging import merged, split
from tests.integration.intake.test_undone import done, hospital, resident, rumour, seen
from tests.support.intake import Intake


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
