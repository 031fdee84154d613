"""What happens in a run, from one seed: which reports come when, and how everybody who is asked behaves.

Nothing here looks at a clock or at what the product did: the same seed gives the same reports, times and manners.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

ALDER, BIRCH = (38.90, -77.00), (38.90, -76.96)
# A place in neither community and near none: floaters are asked.
ELSEWHERE = (38.95, -77.05)
PLACES = (ALDER, ALDER, BIRCH, BIRCH, ELSEWHERE)
SOURCES = {"police-feed": "police", "hospital-desk": "hospital", "resident-line": "resident", "sensor-grid": "sensor"}
PAGES_AT_ONCE = ("shooting", "stabbing", "homicide")
OTHERS = ("shots_fired", "assault", "armed_robbery", "threat", "other")
Reception = Literal["taken", "error", "hang", "close"]


@dataclass(frozen=True)
class Planned:
    """One request to report. `at_s` from the beginning of the load; `ref` and `facts` make its body.

    `decide_after_s`: how long after its answer a dispatcher activates it, if one does.
    """

    at_s: float
    source: str
    key: str
    ref: str
    facts: dict[str, Any]
    decide_after_s: float | None = None


@dataclass(frozen=True)
class Manner:
    """How one person takes one offer. `tap` is what they do in the end; silence leaves everything to the deadline.

    `failures`: how many attempts to deliver it meet `reception` before one is taken.
    """

    reception: Reception
    failures: int
    acknowledge_after_s: float | None
    tap: Literal["accept", "decline", "silence"]
    tap_after_s: float
    taps: int
    clear_after_s: float
    steps: tuple[str, ...]


WILLING = Manner("taken", 0, None, "accept", 0.1, 1, 0.3, ())


def reports(seed: int, rate_per_s: float, pages_share: float) -> Iterator[Planned]:
    """Endless; times grow by exponential gaps. `pages_share`: how many open an incident that is activated at once."""
    chance, at_s, number, known = Random(f"{seed} reports"), 0.0, 0, list[Planned]()
    while True:
        at_s += chance.expovariate(rate_per_s)
        number += 1
        if chance.random() < pages_share:
            planned = _opening(chance, at_s, f"{seed}-{number}", pages=True)
        elif known and chance.random() < 0.25:
            planned = _about(chance, chance.choice(known[-200:]), at_s, f"{seed}-{number}")
        else:
            planned = _opening(chance, at_s, f"{seed}-{number}", pages=False)
            if chance.random() < 0.05:  # the feed says it twice in the same moment, each under a key of its own
                yield Planned(at_s, planned.source, f"{planned.key}-twin", planned.ref, planned.facts)
        known.append(planned)
        yield planned


def _opening(chance: Random, at_s: float, name: str, *, pages: bool) -> Planned:
    lat, lon = chance.choice(PLACES)
    source = chance.choice(("police-feed", "hospital-desk") if pages else tuple(SOURCES))
    kind = chance.choice(PAGES_AT_ONCE[:2] if pages else (*OTHERS, *OTHERS, "shooting"))
    usual = ("group", "group", "stranger", "unknown")
    relationship = chance.choice(usual if pages else (*usual, "family", "intimate_partner"))
    facts = {
        "kind": kind,
        "ago_s": round(chance.uniform(10, 600), 1),
        "location": {"lat": lat + chance.uniform(-0.004, 0.004), "lon": lon + chance.uniform(-0.004, 0.004)},
        "injured": chance.choice((0, 1, 2)),
        "killed": None,
        "weapon": "firearm" if kind in {"shooting", "shots_fired"} else "unknown",
        "relationship": relationship,
        "active_threat": chance.random() < 0.1,
        "exercise": False,
    }
    if not pages and relationship not in {"family", "intimate_partner"} and chance.random() < 0.02:
        return Planned(at_s, source, name, f"ref-{name}", facts, decide_after_s=chance.uniform(0.2, 2))
    # A police feed or hospital that reports a shooting is believed at once: the share of those is `pages_share` alone.
    if not pages and kind == "shooting":
        source = chance.choice(("resident-line", "sensor-grid"))
    return Planned(at_s, source, name, f"ref-{name}", facts)


def _about(chance: Random, known: Planned, at_s: float, name: str) -> Planned:
    """The same source again: word for word, or with what it knows by now."""
    news = {} if chance.random() < 0.3 else {"injured": (known.facts["injured"] or 0) + 1}
    return Planned(at_s, known.source, name, known.ref, known.facts | news)


def manner(seed: int, person: str, time: int) -> Manner:
    """How `person` takes what they are asked the `time`-th time."""
    chance = Random(f"{seed} {person} {time}")
    acknowledges = chance.random() < 0.6
    return Manner(
        reception=chance.choices(("taken", "error", "hang", "close"), (86, 8, 3, 3))[0],
        failures=chance.choice((1, 1, 2, 9)),
        acknowledge_after_s=chance.uniform(0.05, 1.5) if acknowledges else None,
        tap=chance.choices(("accept", "decline", "silence"), (70, 18, 12))[0],
        # Some say yes after the deadline.
        tap_after_s=chance.uniform(0.1, 2.5) if chance.random() < 0.95 else chance.uniform(13, 18),
        taps=2 if chance.random() < 0.05 else 1,
        clear_after_s=chance.uniform(0.2, 2),
        steps=("en-route", "on-scene") if chance.random() < 0.4 else ("on-scene",),
    )
