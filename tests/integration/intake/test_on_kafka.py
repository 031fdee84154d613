"""Intake on the real broker: its events come out in order of their versions, and the response shows on the incident."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.contracts.dispatch_snapshot import AssignmentPart, DispatchSnapshot, OfferPart
from shared.contracts.events.dispatches import AssignmentOnScene, DispatchExhausted, DispatchOpened, OfferAccepted
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import AssignmentState, DispatchRole, DispatchState, OfferState, Tier
from tests.support.intake import Intake
from tests.support.waiting import eventually

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def test_events_reach_kafka_in_order_of_their_versions(intake: Intake) -> None:
    await intake.deployment.start("intake", "stream")
    taken = await intake.taken(source_ref="1")
    incident_id = taken["incident_id"]
    await asyncio.gather(
        *(intake.taken(source_ref="1", injured=n) for n in range(2, 12)), *(intake.taken(source_ref=n) for n in "23456")
    )
    await intake.taken(source_ref="1", killed=1)
    await intake.decide(incident_id, "close")

    async def all_out() -> bool:
        async with intake.db.transaction() as tx:
            return (await tx.row("SELECT count(*) AS n FROM outbox WHERE published_at IS NULL"))["n"] == 0

    await eventually(all_out)
    records = await intake.deployment.records("intake.incidents")
    assert len(records) == 15 + 10
    versions: dict[str, list[int]] = {}
    for _, body, headers in records:
        versions.setdefault(body["incident"]["incident_id"], []).append(body["incident"]["version"])
        assert headers["ce_aggregateversion"] == str(body["incident"]["version"])
        assert headers["ce_subject"] == body["incident"]["incident_id"]
    assert versions[incident_id] == list(range(1, 16))
    assert sorted(map(len, versions.values())) == [2, 2, 2, 2, 2, 15]
    names = [kind.split(".")[-2] for kind, body, _ in records if body["incident"]["incident_id"] == incident_id]
    assert names == ["opened", "activated", *["corroborated"] * 11, "reclassified", "closed"]


def the_dispatch(incident_id: str, version: int, **changes: object) -> DispatchSnapshot:
    return DispatchSnapshot(
        version=version,
        incident_id=UUID(incident_id),
        state=DispatchState.OPEN,
        activated_at=NOON,
        opened_at=NOON,
        exhausted_count=0,
        exercise=False,
    ).model_copy(update=changes)


def an_offer(minute: int, state: OfferState) -> OfferPart:
    made = NOON + timedelta(minutes=minute)
    return OfferPart(
        offer_id=new_id(), role=DispatchRole.SCENE, interrupter_id=new_id(), tier=Tier.TEAM, distance_m=100,
        state=state, made_at=made, acknowledge_by=made, accept_by=made, first_attempt_at=made, acknowledged_at=made,
    )  # fmt: skip


def an_assignment(minute: int, state: AssignmentState, on_scene: int | None = None) -> AssignmentPart:
    return AssignmentPart(
        assignment_id=new_id(), offer_id=new_id(), role=DispatchRole.SCENE, interrupter_id=new_id(), state=state,
        accepted_at=NOON + timedelta(minutes=minute),
        on_scene_at=None if on_scene is None else NOON + timedelta(minutes=on_scene),
    )  # fmt: skip


async def published_response(intake: Intake, incident_id: str) -> None:
    """A dispatch from its opening to somebody on scene; then an older and an equal version, and a stranger's."""
    opened = the_dispatch(incident_id, 1)
    accepted = the_dispatch(
        incident_id, 4, state=DispatchState.STAFFED, exhausted_count=1,
        offers=(an_offer(1, OfferState.DECLINED), an_offer(2, OfferState.ACCEPTED)),
        assignments=(an_assignment(3, AssignmentState.REASSIGNED), an_assignment(5, AssignmentState.ACCEPTED)),
    )  # fmt: skip
    on_scene = accepted.model_copy(
        update={"version": 6, "assignments": (accepted.assignments[0], an_assignment(5, AssignmentState.ON_SCENE, 9))}
    )
    offer_id, assignment_id = accepted.offers[1].offer_id, on_scene.assignments[1].assignment_id
    await intake.deployment.publish(
        DispatchOpened(at=NOON, dispatch=opened),
        OfferAccepted(at=NOON, dispatch=accepted, offer_id=offer_id),
        AssignmentOnScene(at=NOON, dispatch=on_scene, assignment_id=assignment_id),
        OfferAccepted(at=NOON, dispatch=accepted, offer_id=offer_id),
        DispatchExhausted(
            at=NOON, dispatch=the_dispatch(incident_id, 2, state=DispatchState.EXHAUSTED), role=DispatchRole.SCENE
        ),
        DispatchOpened(at=NOON, dispatch=the_dispatch(str(new_id()), 1)),
    )


async def test_the_response_shows_on_the_incident(intake: Intake) -> None:
    await intake.deployment.start("intake", "stream")
    incident_id = (await intake.taken())["incident_id"]
    await published_response(intake, incident_id)

    async def newest() -> dict[str, object] | None:
        response: dict[str, object] | None = (await intake.shown(incident_id))["response"]
        return response if response and response["on_scene"] else None

    assert await eventually(newest) == {
        "dispatch_state": "staffed",
        "opened_at": "2026-01-01T12:00:00Z",
        "closed_at": None,
        "exhausted_count": 1,
        "offers": 2,
        "accepted": 1,
        "on_scene": 1,
        "first_attempt_at": "2026-01-01T12:01:00Z",
        "first_acknowledged_at": "2026-01-01T12:01:00Z",
        "first_accepted_at": "2026-01-01T12:03:00Z",
        "first_on_scene_at": "2026-01-01T12:09:00Z",
    }
    listed = (await intake.staff().get("/v1/incidents")).json()["items"][0]
    assert listed["response"]["dispatch_state"] == "staffed"
    assert listed["state"] == "activated"


async def test_every_order_of_a_dispatchs_events_ends_alike(intake: Intake) -> None:
    """The projection alone, without the consumer's own guard: the newest version wins."""
    from services.intake.usecases.note_response import note_response  # noqa: PLC0415 - the one place it is called by hand

    incident_id = (await intake.taken())["incident_id"]
    events = [
        DispatchOpened(at=NOON, dispatch=the_dispatch(incident_id, version, exhausted_count=version))
        for version in (1, 2, 3)
    ]
    for order in itertools.permutations(events):
        async with intake.db.transaction() as tx:
            await tx.run("DELETE FROM responses")
            for event in order:
                await note_response(tx, event)
        assert (await intake.shown(incident_id))["response"]["exhausted_count"] == 3
