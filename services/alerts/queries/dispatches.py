"""A dispatch under its lock, with its offers and assignments: read once per transaction, changed by its holder alone.

Every change of a dispatch, its offers or assignments begins with `lock_dispatch`; events are made from what is held.
"""

from dataclasses import dataclass, field
from uuid import UUID

from services.alerts.domain.assignments import HOLDS_ROLE
from services.alerts.domain.distances import coarse_m
from services.alerts.domain.offers import LIVE, RoleStand
from services.alerts.domain.policy import Classification, Policy
from services.alerts.policies import classify, policy_of
from services.alerts.queries.restricted import NO_SUCH_DISPATCH
from services.alerts.tables import ASSIGNMENT, DISPATCH, OFFER, AssignmentRow, DispatchRow, OfferRow
from shared.contracts.dispatch_snapshot import AssignmentPart, DispatchSnapshot, OfferPart
from shared.contracts.event import Event
from shared.contracts.response_parts import SceneReportPart, TriagePart
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import DispatchRole, DispatchState
from shared.messaging.feed import announce
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

# The feed of what happens to dispatches; its subjects are their incidents' ids.
DISPATCHES = "dispatches"


@dataclass
class Dispatch:
    row: DispatchRow
    offers: list[OfferRow] = field(default_factory=list)
    assignments: list[AssignmentRow] = field(default_factory=list)
    _policies: dict[Classification, Policy] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def incident_id(self) -> UUID:
        return self.row.incident_id

    @property
    def has_ended(self) -> bool:
        return self.row.state in {DispatchState.CLOSED, DispatchState.STOOD_DOWN}

    @property
    def is_exercise(self) -> bool:
        return bool(self.row.incident["exercise"])

    @property
    def is_restricted(self) -> bool:
        """Incidents told before there was the flag have none."""
        return bool(self.row.incident.get("restricted", False))

    @property
    def policy(self) -> Policy:
        """What the dispatch's own policy says now: it never changes, what its incident is may."""
        row, incident = self.row, classify(self.row.incident)
        if incident not in self._policies:
            self._policies[incident] = policy_of(row.policy_name, row.policy_version, row.policy, incident)
        return self._policies[incident]

    def live_offers(self, role: DispatchRole | None = None) -> list[OfferRow]:
        return [offer for offer in self.offers if offer.state in LIVE and role in {None, offer.role}]

    def stand(self, role: DispatchRole, wanted: int) -> RoleStand:
        filled = sum(one.role == role and one.state in HOLDS_ROLE for one in self.assignments)
        pending = self.live_offers(role)
        return RoleStand(wanted, filled, sum(offer.bypassed_at is None for offer in pending), len(pending))

    def snapshot(self) -> DispatchSnapshot:
        row = self.row
        return DispatchSnapshot(
            version=row.version,
            incident_id=row.incident_id,
            state=row.state,
            community=row.community,
            activated_at=row.activated_at,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            exhausted_count=row.exhausted_count,
            exercise=row.incident["exercise"],
            offers=tuple(_offer(offer) for offer in self.offers),
            assignments=tuple(_assignment(one) for one in self.assignments),
            stage_only=row.incident["active_threat"],
            triage=TriagePart.model_validate(row.triage) if row.triage else None,
        )

    def hold(self, tx: Transaction) -> None:
        tx.hold(DISPATCH, self.row)
        for offer in self.offers:
            tx.hold(OFFER, offer)
        for assignment in self.assignments:
            tx.hold(ASSIGNMENT, assignment)

    def add_offer(self, tx: Transaction, offer: OfferRow) -> OfferRow:
        """It has just been inserted."""
        self.offers.append(tx.hold(OFFER, offer))
        return offer

    def add_assignment(self, tx: Transaction, assignment: AssignmentRow) -> AssignmentRow:
        """It has just been inserted."""
        self.assignments.append(tx.hold(ASSIGNMENT, assignment))
        return assignment

    async def record(self, tx: Transaction, kind: type[Event], **change: object) -> None:
        """Takes the next version and publishes. The parts hold the state after the change."""
        self.row.version += 1
        await publish(tx, kind(at=await tx.now(), dispatch=self.snapshot(), **change))
        announce_change(tx, self.incident_id, _code(kind))


def announce_change(tx: Transaction, incident_id: UUID, change: str) -> None:
    """For those who follow the board; what is recorded is announced by itself."""
    announce(tx, feed=DISPATCHES, subject=str(incident_id), change=change)


def _code(kind: type[Event]) -> str:
    """`truce.alerts.offer.made.v1` is `offer.made`."""
    return ".".join(kind.TYPE.split(".")[2:-1])


_SEEN = f"{DISPATCH.select} WHERE incident_id = :id"
_LOCKED = f"{_SEEN} FOR UPDATE"
_OFFERS = f"{OFFER.select} WHERE incident_id = :id ORDER BY made_at, id"
_ASSIGNMENTS = f"{ASSIGNMENT.select} WHERE incident_id = :id ORDER BY accepted_at, id"


async def lock_dispatch(tx: Transaction, incident_id: UUID) -> Dispatch:
    dispatch = await find_dispatch(tx, incident_id, lock=True)
    if dispatch is None:
        raise NotFound(NO_SUCH_DISPATCH)
    return dispatch


async def find_dispatch(tx: Transaction, incident_id: UUID, *, lock: bool = False) -> Dispatch | None:
    await tx.write_held()
    row = await tx.row_or_none(_LOCKED if lock else _SEEN, id=incident_id)
    if row is None:
        return None
    # After the lock: whatever was looked at before may have changed while it was waited for.
    offers = [OFFER.read(found) for found in await tx.rows(_OFFERS, id=incident_id)]
    assignments = [ASSIGNMENT.read(found) for found in await tx.rows(_ASSIGNMENTS, id=incident_id)]
    dispatch = Dispatch(DISPATCH.read(row), offers, assignments)
    if lock:
        dispatch.hold(tx)
    return dispatch


async def lock_offer(tx: Transaction, offer_id: UUID) -> tuple[Dispatch, OfferRow]:
    found = await tx.row_or_none("SELECT incident_id FROM offers WHERE id = :id", id=offer_id)
    if found is None:
        raise NotFound("no such offer")
    dispatch = await lock_dispatch(tx, found["incident_id"])
    return dispatch, next(offer for offer in dispatch.offers if offer.id == offer_id)


async def find_assignment(tx: Transaction, assignment_id: UUID) -> tuple[Dispatch, AssignmentRow]:
    """To look at. Raises NotFound."""
    found = await tx.row_or_none("SELECT incident_id FROM assignments WHERE id = :id", id=assignment_id)
    dispatch = await find_dispatch(tx, found["incident_id"]) if found else None
    if dispatch is None:
        raise NotFound("no such assignment")
    return dispatch, next(one for one in dispatch.assignments if one.id == assignment_id)


async def lock_assignment(tx: Transaction, assignment_id: UUID) -> tuple[Dispatch, AssignmentRow]:
    found = await tx.row_or_none("SELECT incident_id FROM assignments WHERE id = :id", id=assignment_id)
    if found is None:
        raise NotFound("no such assignment")
    dispatch = await lock_dispatch(tx, found["incident_id"])
    return dispatch, next(one for one in dispatch.assignments if one.id == assignment_id)


def _offer(row: OfferRow) -> OfferPart:
    return OfferPart(
        offer_id=row.id,
        role=row.role,
        interrupter_id=row.interrupter_id,
        tier=row.tier,
        distance_m=coarse_m(row.distance_m),
        state=row.state,
        made_at=row.made_at,
        acknowledge_by=row.acknowledge_by,
        accept_by=row.accept_by,
        first_attempt_at=row.first_attempt_at,
        delivered_at=row.delivered_at,
        acknowledged_at=row.acknowledged_at,
        settled_at=row.settled_at,
        decline_reason=row.decline_reason,
    )


def _assignment(row: AssignmentRow) -> AssignmentPart:
    return AssignmentPart(
        assignment_id=row.id,
        offer_id=row.offer_id,
        role=row.role,
        interrupter_id=row.interrupter_id,
        state=row.state,
        accepted_at=row.accepted_at,
        en_route_at=row.en_route_at,
        on_scene_at=row.on_scene_at,
        cleared_at=row.ended_at if row.state == "cleared" else None,
        check_in_state=row.check_in_state,
        check_in_due_at=row.check_in_due_at,
        last_sign_at=row.last_sign_at,
        check_ins_missed=row.check_ins_missed,
        scene_report=SceneReportPart.model_validate(row.scene_report) if row.scene_report else None,
    )
