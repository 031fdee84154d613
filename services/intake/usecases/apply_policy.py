"""What the programme's policy does to an incident by itself: screen it out, or activate it.

Both change the row and say so in an event with the row's next version; None means that the policy leaves it to a
dispatcher, and the row then holds why.
"""

from datetime import datetime

from services.intake.current_programme import InForce
from services.intake.domain import incident as states
from services.intake.domain.activation import Automatic, Candidate, Timing, decide
from services.intake.domain.screening import InScope, OutOfScope, Screened, screen
from services.intake.queries.snapshots import snapshot
from services.intake.queries.sources import read_voices
from services.intake.tables import IncidentRow
from services.intake.usecases.policy_steps import take_step
from shared.contracts.events.incidents import IncidentActivated, IncidentScreenedOut
from shared.kernel.vocabulary import IncidentKind, IncidentState, Relationship, TimePrecision
from shared.persistence.transaction import Transaction


def _screen(row: IncidentRow, in_force: InForce, now: datetime) -> IncidentScreenedOut | None:
    screened, moved = _screened(row, in_force), states.screen_out(IncidentState(row.state))
    if isinstance(screened, InScope) or isinstance(moved, states.Refused) or row.brought_back:
        return None  # a person who brings it back outweighs the policy that turned it away
    was_state = IncidentState(row.state)
    row.state, row.screened_out_reason, row.route = moved.state, screened.reason, screened.route
    row.version += 1
    return IncidentScreenedOut(at=now, incident=snapshot(row), was_state=was_state)


def _activate(row: IncidentRow, trusted: bool, in_force: InForce, now: datetime) -> IncidentActivated | None:
    """`trusted`: whether the word of who tells it may page people without a dispatcher."""
    moved = states.activate(IncidentState(row.state))
    if isinstance(moved, states.Refused):
        return None
    timing = Timing(row.occurred_at, TimePrecision(row.occurred_precision), row.reported_at)
    candidate = Candidate(trusted, IncidentKind(row.kind), is_in_scope(row, in_force), timing, rumour=row.rumour)
    decision = decide(candidate, in_force.programme.activation, now)
    if not isinstance(decision, Automatic):
        row.obstacles = list(decision.obstacles)
        return None
    row.state, row.activated_at, row.obstacles = moved.state, now, []
    row.version += 1
    return IncidentActivated(at=now, incident=snapshot(row), by_policy=True)


def judge(
    row: IncidentRow, trusted: bool, in_force: InForce, now: datetime
) -> IncidentScreenedOut | IncidentActivated | None:
    """While nobody has decided: what is another door's goes there, and is not dropped. A response under way is stood
    down by a person, never by policy.
    """
    if row.state not in states.UNDECIDED:
        return None
    return _screen(row, in_force, now) or _activate(row, trusted, in_force, now)


async def judge_anew(tx: Transaction, row: IncidentRow, in_force: InForce) -> None:
    """After anything changed that policy goes by. The best of its sources counts, whoever spoke last: it is as trusted
    in whatever order they told of it.
    """
    if row.state not in states.UNDECIDED:
        return
    voices = await read_voices(tx, row.id)
    trusted = any(in_force.trusts(voice.kind, voice.trust) for voice in voices)
    judged = judge(row, trusted, in_force, await tx.now())
    if judged is not None:
        await take_step(tx, judged)


def is_in_scope(row: IncidentRow, in_force: InForce) -> bool:
    return isinstance(_screened(row, in_force), InScope)


def _screened(row: IncidentRow, in_force: InForce) -> InScope | OutOfScope:
    known = Screened(IncidentKind(row.kind), Relationship(row.relationship), row.believed_group_related)
    return screen(known, in_force.programme.exclusions)
