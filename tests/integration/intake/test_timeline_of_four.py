"""One shooting, told by four sources as two incidents, merged, become a homicide and closed: its whole timeline."""

from tests.integration.intake.test_one_truth import off
from tests.integration.intake.test_timeline import timeline
from tests.support.intake import Intake

TOLD = [
    ("report", "heard", "resident"),
    ("open", "heard", None),
    ("report", "heard", "sensor"),
    ("report", "seen", "hospital"),
    ("open", "seen", None),
    ("activate", "seen", "policy"),
    ("doubt", "heard", None),
    ("doubt", "seen", None),
    ("report", "seen", "police"),
    ("merge", "heard", "dispatcher"),
    ("merge", "seen", "dispatcher"),
    ("update_scene", "seen", "dispatcher"),
    ("reclassify", "seen", "dispatcher"),
    ("close", "seen", "dispatcher"),
]


async def test_the_timeline_of_an_incident_of_four_sources_that_was_merged_reclassified_and_closed(
    intake: Intake,
) -> None:
    resident = await intake.taken(by=intake.source("resident"), kind="shots_fired", injured=None)
    sensor = await intake.taken(by=intake.source("sensor"), kind="shots_fired", injured=None, location=off(60))
    hospital = await intake.taken(by=intake.source("hospital"), location=off(400), injured=1)
    police = await intake.taken(by=intake.source("police"), location=off(420), source_ref="22118279")
    heard, seen = resident["incident_id"], hospital["incident_id"]
    assert (sensor["incident_id"], police["incident_id"]) == (heard, seen)
    steps = (
        (heard, "merge", {"into": seen, "reason": "same_event"}),
        (seen, "scene", {"status": "clear", "reason": "told_from_scene"}),
        (seen, "reclassify", {"kind": "homicide", "killed": 1, "reason": "victim_died"}),
        (seen, "close", {}),
    )
    for incident_id, verb, body in steps:
        assert (await intake.decide(incident_id, verb, body)).status_code == 200
    whole = await timeline(intake, seen)
    names = {heard: "heard", seen: "seen"}
    told = [(one["what"], names[one["incident_id"]], one["source_kind"] or one["decided_as"]) for one in whole]
    assert told == TOLD
    assert len({one["source_id"] for one in whole if one["what"] == "report"}) == 4
    assert (whole[9]["before"]["state"], whole[9]["after"]) == ("reported", whole[9]["after"] | {"merged_into": seen})
    assert whole[10]["after"]["report_count"] == 4
    assert (whole[12]["reason"], whole[12]["before"]) == ("victim_died", {"kind": "shooting", "killed": 0})
    assert whole[13]["decided_by"] == "a-dispatcher"
    shown = await intake.shown(seen)
    assert (shown["state"], shown["kind"], shown["verification"]) == ("closed", "homicide", "corroborated")
    assert await timeline(intake, seen, limit=2) == whole
    assert [one["what"] for one in await timeline(intake, heard)] == [
        "report",
        "open",
        "report",
        "doubt",
        "merge",
    ]
