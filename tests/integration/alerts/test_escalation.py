"""What the clock alone does to offers, without a sender beside it that could be quicker."""

from services.alerts.usecases.escalate_unanswered_offers import escalate_unanswered_offers
from tests.integration.alerts.conftest import AlertsAlone


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
