"""One crime file through the door: read whole, posted with a progress bar, and every row accounted for.

Running it again adds nothing. Good rows go in whatever the others are like; rows that cannot be read, and reports that
are refused, are listed with their lines.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.intake.feeds.crime_file import is_geojson, rows_of_crime
from services.intake.feeds.door import Door
from services.intake.feeds.post import AT_ONCE, Outcome, Posted, Tally, post_reports
from services.intake.feeds.reading import Broken, ReadReport, Skipped, SkipReason
from services.intake.feeds.shift import shift_to
from shared.kernel.clock import Clock


@dataclass
class Imported:
    """`refused`: line and reason of each report the service did not take. `rows_reported`: rows that the reports were
    made of; several rows of one incident, its victims, are one report. `rows_answered`: those of them that intake has
    answered so far. `counted_in`: what a line's number counts.
    """

    tally: Tally = field(default_factory=Tally)
    rows_reported: int = 0
    rows_answered: int = 0
    counted_in: Literal["line", "feature"] = "line"
    skipped: Counter[SkipReason] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.broken and not self.refused

    def so_far(self) -> str:
        """For whoever is told that it did not come to its end."""
        if not self.rows_reported:
            return "Nothing was reported."
        return f"{self.rows_answered} of {self.rows_reported} rows were reported. Run again, it goes on from there."


async def import_crime(
    file: Path, *, url: str, token: str, shift_to_now: Clock | None, console: Console, imported: Imported
) -> None:
    """`imported` grows as it goes, for whoever stops it. Raises CannotReach, NoCrimeFile, and OSError for a file that
    cannot be opened.
    """
    async with Door(url, token) as door:
        city = await door.city()
    reports = list[ReadReport]()
    with file.open("rb") as stream:
        imported.counted_in = "feature" if is_geojson(stream) else "line"
        for read in rows_of_crime(stream, city):
            match read:
                case ReadReport():
                    reports.append(read)
                    imported.rows_reported += len(read.lines)
                case Skipped():
                    imported.skipped[read.reason] += 1
                case Broken():
                    imported.broken.append(read)
    if shift_to_now is not None:
        reports = list(shift_to(reports, shift_to_now.now(), city.zone))
    imported.tally = await _post(reports, url, token, imported, console)


async def _post(reports: list[ReadReport], url: str, token: str, imported: Imported, console: Console) -> Tally:
    columns = (TextColumn("posting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("posting", total=len(reports))

        def on_result(posted: Posted) -> None:
            progress.advance(task)
            imported.rows_answered += len(posted.report.lines)
            if posted.outcome is Outcome.REFUSED:
                imported.refused.append((posted.report.lines[0], posted.refusal()))

        return await post_reports(
            reports, url=url, token=token, on_result=on_result, at_once=AT_ONCE, on_wait=_said_once(console)
        )


def _said_once(console: Console) -> Callable[[float], None]:
    waits = list[float]()

    def on_wait(wait_s: float) -> None:
        if not waits:
            said = f"Intake takes no more of this source just now: waiting {wait_s:g} s"
            console.print(f"{said}, and so whenever it says that again.", soft_wrap=True, highlight=False)
        waits.append(wait_s)

    return on_wait


def account(imported: Imported) -> list[str]:
    """The result in lines: what became of the reports, what was skipped and why, then every row with a fault."""
    counts = ", ".join(f"{imported.tally.counts[outcome]} {outcome.replace('_', ' ')}" for outcome in Outcome)
    skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(imported.skipped.items()))
    word = imported.counted_in
    reported, skipped_rows = imported.rows_reported, imported.skipped.total()
    rows = reported + skipped_rows + len(imported.broken)
    lines = [
        f"reports  {imported.tally.posted}: {counts}",
        f"rows     {rows}: {reported} in these reports, {skipped_rows} skipped, {len(imported.broken)} broken",
        f"skipped  {skipped_rows}" + (f": {skipped}" if skipped else ""),
        f"broken   {len(imported.broken)}",
    ]
    lines += [f"  {word} {one.line}: {f'{one.field} ' if one.field else ''}{one.reason}" for one in imported.broken]
    return lines + [f"  {word} {line}: refused: {reason}" for line, reason in sorted(imported.refused)]
