"""Messages of other systems from files, each through the door that its sender would use."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path

from services.intake.feeds.door import Answer, Door, told_of


class MessageForm(StrEnum):
    EIDO = "eido"
    CAP = "cap"
    GUNSHOTS = "gunshots"


_DOORS = {
    MessageForm.EIDO: ("/v1/reports/eidos", "application/json"),
    MessageForm.CAP: ("/v1/reports/cap-alerts", "application/cap+xml"),
    MessageForm.GUNSHOTS: ("/v1/reports/gunshots", "application/json"),
}


_PARTS = {MessageForm.EIDO: "incident", MessageForm.CAP: "alert", MessageForm.GUNSHOTS: "detection"}


async def send_messages(
    form: MessageForm, files: Iterable[Path], *, url: str, token: str, say: Callable[[str], None]
) -> int:
    """How many parts were refused; a line for each part. Raises CannotReach."""
    path, content_type = _DOORS[form]
    refused = 0
    async with Door(url, token) as door:
        for file in files:
            answer = await door.send(path, file.read_bytes(), content_type)
            for status, line in _lines(answer, _PARTS[form]):
                refused += status != 201
                say(f"{file.name}: {line}")
    return refused


def _lines(answer: Answer, part: str) -> list[tuple[int, str]]:
    """Of several parts each line says which; a burst of detections is named by its first."""
    if "results" not in answer.body:
        return [(answer.status, f"refused: {told_of(answer.body)}")]
    results = answer.body["results"]
    return [
        (
            one["status"],
            (f"{part} {one['index'] + 1}: " if len(results) > 1 else "")
            + (one.get("disposition") or f"refused: {told_of(one)}"),
        )
        for one in results
    ]
