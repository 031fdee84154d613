"""What is known about an incident, and what a further report adds to it.

Knowledge only grows. Counts rise and never fall; what was unknown becomes known; a threat once reported stays; a death
makes the incident a homicide, and a shooting is more than shots fired. A later report that says less, or something
else, changes nothing here: it is kept as a report, and a person decides. Time and place stay those of the first report.
"""

from dataclasses import dataclass, replace

from shared.kernel.vocabulary import IncidentKind, Relationship, SceneStatus, Weapon


@dataclass(frozen=True, slots=True)
class Facts:
    """None is "not known"."""

    kind: IncidentKind
    weapon: Weapon
    relationship: Relationship
    active_threat: bool
    injured: int | None = None
    killed: int | None = None
    juvenile_involved: bool | None = None
    believed_group_related: bool | None = None


def settled(said: Facts) -> Facts:
    """Without contradiction between kind and deaths.

    Whoever dies of a crime this programme knows makes it a homicide; `other` is none of those and stays. A homicide
    with nobody killed is a homicide whose count is not known.
    """
    if said.killed and said.kind is not IncidentKind.OTHER:
        return replace(said, kind=IncidentKind.HOMICIDE)
    if said.kind is IncidentKind.HOMICIDE and said.killed == 0:
        return replace(said, killed=None)
    return said


def merge(known: Facts, said: Facts) -> Facts:
    """What is known after the report. Merging the same report again changes nothing."""
    return settled(
        Facts(
            kind=_graver(known.kind, settled(said).kind),
            weapon=said.weapon if known.weapon is Weapon.UNKNOWN else known.weapon,
            relationship=said.relationship if known.relationship is Relationship.UNKNOWN else known.relationship,
            active_threat=known.active_threat or said.active_threat,
            injured=_higher(known.injured, said.injured),
            killed=_higher(known.killed, said.killed),
            juvenile_involved=_known(known.juvenile_involved, said.juvenile_involved),
            believed_group_related=_known(known.believed_group_related, said.believed_group_related),
        )
    )


def threat_at(status: SceneStatus, *, known: bool) -> bool:
    """Whether a scene of that status is one to stay away from. That the police are there, or that nobody knows, says
    neither that a threat is there nor that it is over.
    """
    return {SceneStatus.ACTIVE_THREAT: True, SceneStatus.CLEAR: False}.get(status, known)


def _graver(known: IncidentKind, said: IncidentKind) -> IncidentKind:
    if IncidentKind.HOMICIDE in {known, said}:
        return IncidentKind.HOMICIDE
    return said if (known, said) == (IncidentKind.SHOTS_FIRED, IncidentKind.SHOOTING) else known


def _higher(known: int | None, said: int | None) -> int | None:
    return max((count for count in (known, said) if count is not None), default=None)


def _known(known: bool | None, said: bool | None) -> bool | None:
    return said if known is None else known
