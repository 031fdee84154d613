"""How many triages were held within a day, against numbers worked out by hand."""

from datetime import UTC, datetime

from tests.integration.reporting.conftest import Ledger
from tests.support.histories import DispatchStory, IncidentStory, at, told

MONDAY = at("2022-08-22T21:00:00-04:00")
HOUR = 3600


def activated(moment: datetime = MONDAY, **facts: object) -> IncidentStory:
    return IncidentStory("shooting", moment, **facts).activated()


async def test_triages_are_held_in_time_or_late_or_missing_or_still_in_time(ledger: Ledger) -> None:
    """Held after 5, 24 and 30 hours; one never held; one of just now."""
    quick, just, late, never, fresh = (*(activated() for _ in range(4)), activated(datetime.now(UTC)))
    stories = [
        DispatchStory(quick).triage("held", 5 * HOUR),
        DispatchStory(just).triage("held", 24 * HOUR),
        DispatchStory(late).triage("held", 30 * HOUR),
        DispatchStory(never).triage("due").offered(1),
        DispatchStory(fresh).triage("due").offered(1),
    ]
    await ledger.tell(told(quick, just, late, never, fresh, *stories))
    assert await ledger.total("triage_held") == {
        "n": 3,
        "missing": 1,
        "pending": 1,
        "p50_s": 24.0 * HOUR,
        "p90_s": 30.0 * HOUR,
        "target_s": 86_400.0,
        "within_target": 2,
        "share_within_target": 0.5,
    }
    assert (await ledger.total("triage_held", period="2022-08-22"))["pending"] == 0
    await ledger.deployment.advance(hours=25)
    answer = await ledger.total("triage_held")
    assert (answer["missing"], answer["pending"], answer["share_within_target"]) == (2, 0, 0.4)


async def test_what_owes_no_triage_is_not_among_them(ledger: Ledger) -> None:
    void, drill, before, merged = activated(), activated(exercise=True), activated(), activated()
    stories = [
        DispatchStory(void).triage("withdrawn", 60),
        DispatchStory(drill).triage("held", 60),
        DispatchStory(before).offered(1),
        DispatchStory(merged).triage("held", 60),
    ]
    await ledger.tell(told(void, drill, before, merged.merged(before), *stories))
    answer = await ledger.total("triage_held")
    assert (answer["n"], answer["missing"], answer["pending"], answer["share_within_target"]) == (0, 0, 0, None)
