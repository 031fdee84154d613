"""The made-up people of the demo, placed in the real communities of the real contractors.

Nobody in it exists: call signs are birds, trees and rivers. The same seed gives the same people, ids included.
"""

import json
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from shapely.geometry import shape

from deploy.local.demo.manners import Manner
from shared.kernel.geo import Point, distance_m, metres_per_degree

CALL_SIGNS = Path(__file__).with_name("call_signs.txt")
SCATTER_M = 250.0
FLOATERS = (
    Manner.PROMPT,
    Manner.REFUSES,
    Manner.LATE,
    Manner.PROMPT,
    Manner.PROMPT,
    Manner.OVERDUE,
    Manner.DECLINES,
)
TEAM_MANNERS = (
    Manner.PROMPT,
    Manner.DECLINES,
    Manner.PROMPT,
    Manner.LATE,
    Manner.SILENT,
    Manner.PROMPT,
    Manner.OVERDUE,
    Manner.PROMPT,
)
TEAM_WITH_THE_HANGING_PHONE = 3
"""Counted from 0: one that is asked in the week of the demo."""
LICENSED_SINCE = "2021-07-01"


@dataclass(frozen=True, slots=True)
class Community:
    area_id: str
    organization: UUID
    middle: Point


@dataclass(frozen=True, slots=True)
class Interrupter:
    """`team` None: a floater."""

    worker: UUID
    call_sign: str
    organization: UUID
    team: str | None
    home: Point
    licences: tuple[str, ...]
    manner: Manner


@dataclass(frozen=True, slots=True)
class CaseManager:
    worker: UUID
    call_sign: str
    organization: UUID
    community: str
    home: Point


@dataclass(frozen=True, slots=True)
class City:
    """`organizations`: id → name."""

    organizations: dict[UUID, str]
    communities: tuple[Community, ...]
    interrupters: tuple[Interrupter, ...]
    case_managers: tuple[CaseManager, ...]


def made_up_city(programme: Path, seed: int) -> City:
    """Deterministic: everything comes from the programme's files and the seed."""
    dice = Random(seed)  # noqa: S311 - places and ids of people who do not exist
    organizations = json.loads((programme / "organizations.json").read_text())["organizations"]
    communities = _communities(programme, organizations)
    birds, trees = _call_signs()
    dice.shuffle(birds)
    teams, floaters = _teams(communities, birds, dice), _floaters(communities, birds, dice)
    return City(
        organizations={UUID(one["id"]): one["name"] for one in organizations},
        communities=communities,
        interrupters=(*teams, *floaters),
        case_managers=_case_managers(communities, trees, dice),
    )


def _call_signs() -> tuple[list[str], list[str]]:
    """Each kind: a heading, then names over any number of lines, then an empty line."""
    birds, trees = (block.split("\n", 1)[1].split() for block in CALL_SIGNS.read_text().strip().split("\n\n"))
    return birds, trees


def _communities(programme: Path, organizations: list[dict[str, Any]]) -> tuple[Community, ...]:
    covered_by = {cover["community"]: UUID(one["id"]) for one in organizations for cover in one["coverage"]}
    features = json.loads((programme / "areas" / "communities.geojson").read_text())["features"]
    return tuple(
        Community(feature["properties"]["id"], covered_by[feature["properties"]["id"]], _middle(feature))
        for feature in features
        if feature["properties"]["id"] in covered_by
    )


def _middle(feature: dict[str, Any]) -> Point:
    """Of the outline, and never outside it."""
    inside = shape(feature["geometry"]).representative_point()
    return Point(round(inside.y, 5), round(inside.x, 5))


def _teams(communities: tuple[Community, ...], names: list[str], dice: Random) -> list[Interrupter]:
    """Two or three in each community, licensed there and in the nearest other one."""
    manners, people = cycle(TEAM_MANNERS), list[Interrupter]()
    for number, place in enumerate(communities):
        neighbour = min(
            (other for other in communities if other is not place),
            key=lambda other: distance_m(other.middle, place.middle),
        )
        people += [
            Interrupter(
                worker=_id(dice),
                call_sign=names.pop(),
                organization=place.organization,
                team=place.area_id,
                home=_near(place.middle, dice),
                licences=(place.area_id, neighbour.area_id),
                manner=Manner.HANGS if (number, member) == (TEAM_WITH_THE_HANGING_PHONE, 0) else next(manners),
            )
            for member in range(dice.choice((2, 3)))
        ]
    return people


def _floaters(communities: tuple[Community, ...], names: list[str], dice: Random) -> list[Interrupter]:
    """Bound to no community; they live where the chosen communities are, spread over the city."""
    step = len(communities) / len(FLOATERS)
    return [
        Interrupter(
            worker=_id(dice),
            call_sign=names.pop(),
            organization=communities[int(number * step)].organization,
            team=None,
            home=_near(communities[int(number * step)].middle, dice),
            licences=(),
            manner=manner,
        )
        for number, manner in enumerate(FLOATERS)
    ]


def _case_managers(communities: tuple[Community, ...], names: list[str], dice: Random) -> tuple[CaseManager, ...]:
    """Two of each organization, as long as there are trees."""
    chosen: list[CaseManager] = []
    for organization in dict.fromkeys(place.organization for place in communities):
        for place in [one for one in communities if one.organization == organization][:2]:
            name = names[len(chosen)]
            chosen.append(CaseManager(_id(dice), name, organization, place.area_id, _near(place.middle, dice)))
    return tuple(chosen)


def _near(place: Point, dice: Random) -> Point:
    per_lat, per_lon = metres_per_degree(place.lat)
    north, east = dice.uniform(-SCATTER_M, SCATTER_M), dice.uniform(-SCATTER_M, SCATTER_M)
    return Point(round(place.lat + north / per_lat, 5), round(place.lon + east / per_lon, 5))


def _id(dice: Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
