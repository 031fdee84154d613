"""Reports posted in bulk: every one is accounted for, whatever the line to the service does."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from deploy.local.ports import free_ports
from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.door import CannotReach
from services.intake.feeds.post import Outcome, Posted, post_reports
from services.intake.feeds.reading import ReadReport
from services.intake.programme import load_programme
from tests.support.intake import DC
from tests.support.served_intake import Served
from tests.support.waiting import eventually


@pytest.fixture
def week() -> list[ReadReport]:
    with (DC / "demo_week.csv").open("rb") as stream:
        return [read for read in read_dc_crime(stream, load_programme(DC).city) if isinstance(read, ReadReport)]


class Line:
    """A line to the service on which, for each key, the first answers get lost after they were made."""

    def __init__(self, url: str, losing: list[str]) -> None:
        self._url = url
        self._losing = losing
        self._lost: dict[str, int] = {}
        self.passed = 0

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "")
        names = ("Authorization", "Content-Type", "Idempotency-Key")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        async with aiohttp.ClientSession() as session:
            answer = await session.request(
                request.method, self._url + request.path, data=await request.read(), headers=headers
            )
            body = await answer.read()
        self.passed += 1
        how = dict(enumerate(self._losing)).get(self._lost.get(key, 0), "none")
        self._lost[key] = self._lost.get(key, 0) + 1
        if how == "hang up" and request.transport is not None:
            request.transport.abort()
        if how.isdigit():
            return web.json_response({}, status=int(how), headers={"Retry-After": "1"})
        replayed = {"Idempotency-Replayed": "true"} if "Idempotency-Replayed" in answer.headers else {}
        return web.Response(body=body, status=answer.status, content_type="application/json", headers=replayed)


@asynccontextmanager
async def at_an_address(line: Line) -> AsyncIterator[str]:
    app, port = web.Application(), free_ports(1)[0]
    app.router.add_route("*", "/{path:.*}", line.pass_on)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def test_to_be_asked_to_wait_is_no_failure_however_long_it_takes(served: Served, week: list[ReadReport]) -> None:
    async with at_an_address(Line(served.url, ["429", "429"])) as url:
        tally = await post_reports(week[:2], url=url, token=served.token, on_result=lambda _: None, give_up_after_s=1.9)
    assert tally.counts == {Outcome.REPEATED: 2}


async def test_answers_that_get_lost_are_asked_for_again_and_add_nothing(
    served: Served, week: list[ReadReport]
) -> None:
    line, results = Line(served.url, ["hang up", "503", "429"]), list[Posted]()
    async with at_an_address(line) as url:
        tally = await post_reports(week[:8], url=url, token=served.token, on_result=results.append)
    assert tally.counts == {Outcome.REPEATED: 8}
    assert line.passed == 8 * 4
    assert {posted.report.idempotency_key for posted in results} == {report.idempotency_key for report in week[:8]}
    assert (await served.of_own("count(*) AS n"))["n"] == 8


async def test_reports_may_come_at_their_own_pace(served: Served, week: list[ReadReport]) -> None:
    results = list[Posted]()

    async def paced() -> AsyncIterator[ReadReport]:
        for number, report in enumerate(week[:6]):
            before = number - 1
            await eventually(lambda before=before: answered(before))
            yield report

    async def answered(number: int) -> bool:
        return len(results) > number

    tally = await post_reports(paced(), url=served.url, token=served.token, on_result=results.append)
    assert tally.counts == {Outcome.OPENED: 6}
    assert [posted.report for posted in results] == week[:6]


async def test_a_refusal_tells_why_and_the_others_go_in(served: Served, week: list[ReadReport]) -> None:
    bodies: list[Any] = [json.loads(json.dumps(report.body)) for report in week[:3]]
    bodies[1]["killed"] = -1
    reports = [ReadReport(report.lines, report.victims, body) for report, body in zip(week, bodies, strict=False)]
    results = list[Posted]()
    tally = await post_reports(reports, url=served.url, token=served.token, on_result=results.append)
    assert tally.counts == {Outcome.OPENED: 2, Outcome.REFUSED: 1}
    (refused,) = [posted for posted in results if posted.outcome is Outcome.REFUSED]
    assert refused.refusal().startswith("/killed ")


async def test_a_service_that_stays_away_ends_the_posting(week: list[ReadReport]) -> None:
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(CannotReach):
        await post_reports(week, url=url, token="t", on_result=lambda _: None, give_up_after_s=0.5)
