"""What the clock alone does to offers, without a sender beside it that could be quicker."""

from contextlib import suppress

from services.alerts.usecases.dispatching.escalate_unanswered_offers import escalate_unanswered_offers
from services.alerts.usecases.dispatching.reconsider_exhausted import reconsider_exhausted_dispatch
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.waiting import eventually


async def test_an_offer_whose_phone_was_never_called_does_not_count_as_silence(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1.1)
    incident = await alone.incident()
    await alone.world.deployment.advance(minutes=10)
    await alone.world.alerts_db.retrying(escalate_unanswered_offers)
    offers = (await alone.world.dispatch(incident))["offers"]
    assert [(offer["interrupter_id"], offer["state"]) for offer in offers] == [
        (str(heron.worker), "open"),
        (str(kestrel.worker), "open"),
    ]


async def test_a_dispatch_that_cannot_be_judged_does_not_stand_before_the_others(alone: AlertsAlone) -> None:
    broken, sound = await alone.incident(), await alone.incident()
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE dispatches SET policy = '{}' WHERE incident_id = :id", id=broken)
        await tx.run("UPDATE dispatches SET policy_version = policy_version + 7 WHERE incident_id = :id", id=broken)
    heron = await alone.world.on_duty("heron")
    await alone.world.deployment.advance(minutes=1)

    async def asked() -> bool:
        with suppress(Exception):
            await alone.world.alerts_db.retrying(reconsider_exhausted_dispatch)
        offers = (await alone.world.dispatch(sound))["offers"]
        return [offer["interrupter_id"] for offer in offers] == [str(heron.worker)]

    await eventually(asked)
