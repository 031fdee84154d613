"""A real week of the police's file through the real door: a served API, the command as a process of its own."""

import asyncio
import json
import re
import signal
from pathlib import Path

from deploy.local.ports import free_ports
from services.intake.feeds.post import AT_ONCE
from tests.support.births import BIRTHS
from tests.support.gates import Gate, gate_before
from tests.support.history import forget_keys, history_of
from tests.support.intake import DC
from tests.support.served_intake import Served, environment
from tests.support.waiting import eventually
from tests.unit.intake.feed_messages import feature

WEEK = DC / "demo_week.csv"


async def test_a_week_goes_in_once_and_again_adds_nothing(served: Served) -> None:
    code, out, err = await served.run("import-crime", str(WEEK))
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "reports  59: 59 opened, 0 attached, 0 screened out, 0 repeated, 0 refused"
    rows = [int(number) for number in re.findall(r"[0-9]+", out.splitlines()[1])]
    assert rows[0] == sum(rows[1:]) == sum(1 for _ in WEEK.open()) - 1, "every row of the file is accounted for"
    assert rows[1] == 60, "one is a second victim"
    assert out.splitlines()[2].startswith("skipped  ")
    assert "not_violent" in out
    # A week years ago pages nobody.
    own = await served.of_own("count(*) AS n, sum(version) AS versions, sum(report_count) AS reports")
    assert own == {"n": 59, "versions": 59, "reports": 59}
    before = await served.intake.counts()

    code, out, _ = await served.run("import-crime", str(WEEK))
    assert code == 0
    assert out.splitlines()[0] == "reports  59: 0 opened, 0 attached, 0 screened out, 59 repeated, 0 refused"
    assert await served.intake.counts() == before

    # Nor when its keys are forgotten: not one fact of one incident is another.
    once = await history_of(served.intake.db)
    await forget_keys(served.intake.db)
    code, out, _ = await served.run("import-crime", str(WEEK))
    assert out.splitlines()[0] == "reports  59: 0 opened, 59 attached, 0 screened out, 0 repeated, 0 refused"
    assert await history_of(served.intake.db) == once

    # Identical rows are victims of one incident.
    homicides = "count(*) FILTER (WHERE kind = 'homicide') AS homicides, sum(killed) AS killed"
    assert await served.of_own(homicides) == {"homicides": 7, "killed": 8}


async def test_moved_to_now_the_fresh_ones_activate_and_dates_do_not(served: Served) -> None:
    code, out, _ = await served.run("import-crime", str(WEEK), "--shift-to-now")
    assert (code, out.splitlines()[0].split(":")[0]) == (0, "reports  59")
    async with served.intake.db.transaction() as tx:
        rows = await tx.rows(
            "SELECT state, occurred_precision, occurred_at > app_now() - interval '6 hours' AS fresh, "
            "kind IN ('homicide', 'shooting', 'stabbing') AS automatic FROM incidents WHERE source = :source",
            source=served.source,
        )
    assert len(rows) == 59
    assert any(row["state"] == "activated" for row in rows)
    for row in rows:
        expected = row["fresh"] and row["automatic"] and row["occurred_precision"] != "day"
        assert (row["state"] == "activated") is expected


async def test_broken_rows_are_listed_and_the_good_ones_go_in(served: Served, tmp_path: Path) -> None:
    lines = WEEK.read_bytes().splitlines(keepends=True)
    lines[3] = b"\x00 broken\n"
    lines.insert(10, b'22999999,"unclosed\n')
    damaged = tmp_path / "damaged week.csv"
    damaged.write_bytes(b"".join(lines))
    code, out, _ = await served.run("import-crime", str(damaged))
    assert code == 1
    assert "broken   2" in out
    assert "  line 4: contains a NUL byte" in out
    assert "  line 11: " in out
    assert (await served.of_own("count(*) AS n"))["n"] >= 57


async def test_what_is_no_crime_file_is_said_in_a_sentence_and_nothing_is_reported(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "no week"
    whole = WEEK.read_bytes()
    for content, why in (
        (b"", "the file is empty"),
        (whole.decode().encode("utf-16"), "contains a NUL byte"),
        (b"once upon a time\n", "OFFENSE: this column is missing, so nothing can be read"),
        (b'{"type": "FeatureCollection", "features": [{"type":', "the file is not JSON in UTF-8"),
    ):
        file.write_bytes(content)
        told = await served.run("import-crime", str(file))
        assert told == (2, "", f"no week is no crime file: {why}.\n")
    assert (await served.of_own("count(*) AS n"))["n"] == 0


async def test_where_nothing_answers_one_sentence_says_so(served: Served) -> None:
    code, out, err = await served.run("import-crime", str(WEEK), url=f"http://127.0.0.1:{free_ports(1)[0]}")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "Nothing answers at http://127.0.0.1" in err


async def test_a_token_that_is_not_accepted_is_said(served: Served) -> None:
    code, _, err = await served.run("import-crime", str(WEEK), token="not-a-token")
    assert (code, err.splitlines()) == (2, [f"{served.url} answered 401: The token is not accepted."])


async def test_who_stops_an_import_or_loses_intake_is_told_how_far_it_got(served: Served, tmp_path: Path) -> None:
    variables = environment(served.intake.deployment) | {"TRUCE_TOKEN": served.token}
    async with gate_before(served.url) as gate:
        gate.shut, gate.passes, gate.retry_after = 429, 20, "60"
        said = tmp_path / "said"
        words = ("services.intake", "import-crime", str(WEEK), "--url", gate.url)
        apart = ("tests.support.apart", str(said), *words)
        process = await BIRTHS.born(tmp_path / "out", *apart, environment=variables)
        await eventually(lambda: _turned_away(gate, AT_ONCE), within_s=60)  # what got through is answered
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130, said.read_text()
        stopped = r"Stopped\. 2[01] of 60 rows were reported\. Run again, it goes on from there\.\n"
        assert re.search(f"(?m)^{stopped}\\Z", said.read_text()), said.read_text()

        gate.shut, gate.passes = 403, 30
        code, out, err = await served.run("import-crime", str(WEEK), url=gate.url)
        assert (code, out) == (2, "")
        pattern = r".* answered 403: Shut. (\d+) of 60 rows were reported. Run again, it goes on from there.\n"
        lost = re.fullmatch(pattern, err)
        assert lost is not None
        assert 15 <= int(lost[1]) <= 31, "the others were on their way when the door was shut"

    code, out, _ = await served.run("import-crime", str(WEEK))
    assert code == 0
    assert (await served.of_own("count(*) AS n"))["n"] == 59


async def _turned_away(gate: Gate, number: int) -> bool:
    return gate.turned_away >= number


async def test_an_import_that_is_asked_to_wait_says_so_once(served: Served) -> None:
    async with gate_before(served.url) as gate:
        gate.shut, gate.passes, gate.retry_after = 429, 5, "1"
        importing = asyncio.create_task(served.run("import-crime", str(WEEK), url=gate.url))
        await eventually(lambda: _turned_away(gate, AT_ONCE), within_s=30)
        gate.shut = None
        code, out, err = await importing
    assert (code, out.splitlines()[0]) == (
        0,
        "reports  59: 59 opened, 0 attached, 0 screened out, 0 repeated, 0 refused",
    )
    assert err == "Intake takes no more of this source just now: waiting 1 s, and so whenever it says that again.\n"


async def test_a_fault_of_a_geojson_file_is_at_its_feature(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "week.geojson"
    file.write_text(json.dumps({"features": [feature(CCN="1"), feature(CCN="2", METHOD=None)]}, indent=1))
    code, out, _ = await served.run("import-crime", str(file))
    assert (code, out.splitlines()[-1]) == (1, "  feature 2: METHOD is missing")


async def test_the_programme_is_loaded_by_a_verb(served: Served, tmp_path: Path) -> None:
    said = [(await served.run("load-programme", str(DC)))[:2] for _ in range(2)]
    assert said[-1] == (0, "dc_onse: version 2 unchanged, 0 areas defined\n")
    code, _, err = await served.run("load-programme", str(tmp_path))
    assert (code, len(err.splitlines())) == (1, 1)
