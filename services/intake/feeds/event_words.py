"""What kind of incident other systems' words for an event mean. The standards leave the words to each agency.

The first pattern that is found decides, so that "shots fired" is not a shooting and a "gunshot wound" is one. Words
that mean nothing here are no kind: whoever reads them says so, and a renamed event is seen.
"""

import re

from shared.kernel.vocabulary import IncidentKind, Weapon

_KINDS = (
    (IncidentKind.HOMICIDE, re.compile(r"\b(homicide|murder)\b")),
    (IncidentKind.SHOOTING, re.compile(r"\b(shooting|gun ?shot wound|(person|people|victim) shot)\b")),
    (IncidentKind.SHOTS_FIRED, re.compile(r"\b(shots? (fired|heard)|gun ?shots?|gun ?fire)\b")),
    (IncidentKind.STABBING, re.compile(r"\b(stabbing|stab wound|stabbed|cutting)\b")),
    (IncidentKind.ARMED_ROBBERY, re.compile(r"\barmed robbery\b|\brobbery\b.*\b(gun|knife|weapon|armed)\b")),
    (IncidentKind.ASSAULT, re.compile(r"\b(assault|battery)\b")),
    (IncidentKind.THREAT, re.compile(r"^(?!.*\bbomb).*\bthreat(s|ening)?\b")),
)
_WEAPONS = (
    (Weapon.FIREARM, re.compile(r"\b(gun|gun ?shots?|gun ?fire|shots?|shooting|firearm)\b")),
    (Weapon.KNIFE, re.compile(r"\b(knife|stabbing|stabbed|stab|cutting)\b")),
)
_TEST = re.compile(r"\btest\b")
_LONGEST = 200


def kind_of(words: str) -> IncidentKind | None:
    text = _plain(words)
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), None)


def weapon_of(words: str) -> Weapon:
    text = _plain(words)
    return next((weapon for weapon, pattern in _WEAPONS if pattern.search(text)), Weapon.UNKNOWN)


def is_test(words: str) -> bool:
    return _TEST.search(_plain(words)) is not None


def _plain(words: str) -> str:
    """`ShotsFired`, `SHOTS_FIRED` and `shots-fired` alike."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words[:_LONGEST])
    return re.sub(r"[^a-z]+", " ", apart.lower()).strip()
