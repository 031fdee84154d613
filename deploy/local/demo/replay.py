"""Posts the week through intake's own reader and posting function, as a feed would, and notes what became of it.

Beside the file two made-up calls come in, so that screening and the dispatcher's queue are seen at work; they are
counted by themselves.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.local.demo.pace import Paced, as_if_now, paced
from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.dc_offences import City
from services.intake.feeds.door import Door
from services.intake.feeds.post import Outcome, Posted, Tally, post_reports
from services.intake.feeds.reading import Broken, ReadReport, ReportBody, Skipped, SkipReason
from shared.kernel.vocabulary import IncidentKind, Relationship, TimePrecision, Weapon

CALLS_AT = (0.35, 0.65)
"""When the made-up calls come in, as shares of the replay."""


@dataclass(frozen=True, slots=True)
class Week:
    reports: list[Paced]
    skipped: Counter[SkipReason]
    broken: list[Broken]
    rows: int
    city: City


@dataclass
class Replayed:
    """Of the police file: incident → when its report was sent, and when it really happened. `answered`: incident → the
    state in intake's answer, made-up calls included. `refused`: reference and reason.
    """

    tally: Tally = field(default_factory=Tally)
    calls: Tally = field(default_factory=Tally)
    sent_at: dict[str, datetime] = field(default_factory=dict)
    really_at: dict[str, datetime] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def activated_by_policy(self) -> set[str]:
        return {root for root, state in self.answered.items() if state == "activated"}

    def undecided(self) -> list[str]:
        """For which policy asked nobody."""
        return [root for root, state in self.answered.items() if state != "activated"]

    def take(self, posted: Posted) -> str | None:
        """The incident, unless the report was refused."""
        if posted.outcome is Outcome.REFUSED:
            self.refused.append(f"{posted.report.body['source_ref']}: {posted.refusal()}")
            return None
        root = str(posted.answer["incident_id"])
        self.answered[root] = posted.answer["incident"]["state"]
        return root


@dataclass(frozen=True, slots=True)
class Source:
    url: str
    police_token: str
    resident_token: str


async def read_week(file: Path, source: Source, within: timedelta, most: int | None) -> Week:
    """`most`: only so many reports, the first in time; the gaps are shortened as for the whole week."""
    async with Door(source.url, source.police_token, at_once=1) as door:
        city = await door.city()
    reports, skipped, broken = list[ReadReport](), Counter[SkipReason](), list[Broken]()
    rows = 0
    with file.open("rb") as stream:
        for read in read_dc_crime(stream, city):
            match read:
                case ReadReport():
                    reports.append(read)
                    rows += len(read.lines)
                case Skipped():
                    skipped[read.reason] += 1
                    rows += 1
                case Broken():
                    broken.append(read)
                    rows += 1
    return Week(paced(reports, city.zone, within)[:most], skipped, broken, rows, city)


async def replay(week: Week, source: Source, done: Replayed) -> None:
    """Fills `done` as it goes on. Raises CannotReach when intake stays away."""
    sent, really = dict[str, datetime](), dict[str, datetime]()

    async def in_time() -> AsyncIterator[ReadReport]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for one in week.reports:
            await asyncio.sleep(max(0.0, began + one.after.total_seconds() - loop.time()))
            told = as_if_now(one.report, datetime.now(UTC), week.city.zone)
            reference = str(told.body["source_ref"])
            sent[reference], really[reference] = datetime.now(UTC), one.really_at
            yield told

    def note(posted: Posted) -> None:
        root, reference = done.take(posted), str(posted.report.body["source_ref"])
        if root is not None:
            done.sent_at[root], done.really_at[root] = sent[reference], really[reference]

    calls = asyncio.create_task(_calls(week, source, done))
    done.tally = await post_reports(in_time(), url=source.url, token=source.police_token, on_result=note)
    done.calls = await calls


async def _calls(week: Week, source: Source, done: Replayed) -> Tally:
    whole = week.reports[-1].after if week.reports else timedelta(0)

    async def in_time() -> AsyncIterator[ReadReport]:
        slept = timedelta(0)
        for share, call in zip(CALLS_AT, made_up_calls(), strict=True):
            await asyncio.sleep((whole * share - slept).total_seconds())
            slept = whole * share
            yield as_if_now(call, datetime.now(UTC), week.city.zone)

    def note(posted: Posted) -> None:
        done.take(posted)

    return await post_reports(in_time(), url=source.url, token=source.resident_token, on_result=note, at_once=2)


def made_up_calls() -> tuple[ReadReport, ReadReport]:
    """A resident hears shots, which a dispatcher has to judge; another tells of partners, who are not ours."""
    return (
        _call("made-up-1", IncidentKind.SHOTS_FIRED, Relationship.UNKNOWN),
        _call("made-up-2", IncidentKind.ASSAULT, Relationship.INTIMATE_PARTNER),
    )


def _call(reference: str, kind: IncidentKind, relationship: Relationship) -> ReadReport:
    body: ReportBody = {
        "source_ref": reference,
        "kind": kind,
        "occurred_at": "2022-08-26T12:00:00Z",
        "occurred_precision": TimePrecision.MINUTE,
        "reported_at": None,
        "location": {"lat": 38.8935, "lon": -76.9305, "accuracy_m": 100.0},
        "injured": None,
        "killed": None,
        "weapon": Weapon.UNKNOWN,
        "relationship": relationship,
        "juvenile_involved": None,
        "believed_group_related": None,
        "active_threat": False,
        "exercise": False,
    }
    return ReadReport((), 1, body)
