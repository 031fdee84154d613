"""The states of an incident and the only ways between them.

A transition answers with the new state or refuses with the current one; it never raises, and a refused
transition changes nothing. What was merged away stays so until it is split off again.
"""

from dataclasses import dataclass

from shared.kernel.vocabulary import IncidentState

_OPEN = frozenset({IncidentState.REPORTED, IncidentState.VERIFIED, IncidentState.ACTIVATED})
CORRECT_THE_OTHER = "It is part of another incident now: correct that one."
_BROUGHT_BACK = frozenset({IncidentState.CLOSED, IncidentState.SCREENED_OUT})
_RESPONDED = frozenset({IncidentState.ACTIVATED, IncidentState.CLOSED})
UNDECIDED = frozenset({IncidentState.REPORTED, IncidentState.VERIFIED})


@dataclass(frozen=True, slots=True)
class Allowed:
    state: IncidentState


@dataclass(frozen=True, slots=True)
class Refused:
    """`state` is the current one, which the refusal leaves as it is."""

    state: IncidentState


def verify(state: IncidentState) -> Allowed | Refused:
    """What the programme responds to already, or has responded to, is confirmed without becoming anything else."""
    if state in _RESPONDED:
        return Allowed(state)
    return _move(state, frozenset({IncidentState.REPORTED}), IncidentState.VERIFIED)


def activate(state: IncidentState) -> Allowed | Refused:
    return _move(state, UNDECIDED, IncidentState.ACTIVATED)


def screen_out(state: IncidentState, *, told_otherwise: bool = False) -> Allowed | Refused:
    """Also after activation: it turned out not to be the programme's, and the dispatch stands down. Once more where it
    was `told_otherwise` since: a person looked, and it stays so.
    """
    again = frozenset({IncidentState.SCREENED_OUT}) if told_otherwise else frozenset()
    return _move(state, _OPEN | again, IncidentState.SCREENED_OUT)


def close(state: IncidentState) -> Allowed | Refused:
    return _move(state, frozenset({IncidentState.ACTIVATED}), IncidentState.CLOSED)


def reopen(state: IncidentState, *, activated: bool, confirmed: bool) -> Allowed | Refused:
    """What was closed, or was screened out by mistake, goes on as what it was. `activated`: the programme responded to
    it, and its first activation stays the one measured from. `confirmed`: by a person.
    """
    if state not in _BROUGHT_BACK:
        return Refused(state)
    if activated:
        return Allowed(IncidentState.ACTIVATED)
    return Allowed(undecided(confirmed=confirmed))


def undecided(*, confirmed: bool) -> IncidentState:
    """Which of the two it is while nobody has decided. `confirmed`: by a person."""
    return IncidentState.VERIFIED if confirmed else IncidentState.REPORTED


def doubt(state: IncidentState) -> Allowed | Refused:
    """Whether it is talk and nothing more is a question only while something may still come of it."""
    return Allowed(state) if state in _OPEN else Refused(state)


def correct(state: IncidentState) -> Allowed | Refused:
    """At any time, the state kept: a shooting becomes a homicide weeks after it was closed. What was merged away has
    no facts of its own any more.
    """
    return Refused(state) if state is IncidentState.MERGED else Allowed(state)


def _move(state: IncidentState, sources: frozenset[IncidentState], target: IncidentState) -> Allowed | Refused:
    return Allowed(target) if state in sources else Refused(state)
