"""A phone over time: it fails, is told and waited for by nobody, and is relied on again when it comes through."""

from tests.support.waiting import eventually
from tests.support.world import World


async def test_a_phone_that_missed_a_whole_question_is_waited_for_by_nobody_the_next_time(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4, phone="503"), await world.on_duty("kestrel", km=1.1)
    first = await world.activated_incident()
    question = await kestrel.is_offered(first)
    told = await world.phones.message(world.supervisor.phone, kind="truce.endpoint.failing", within_s=40)
    assert told["data"]["interrupter_id"] == str(heron.worker)
    subject = f"alerts/endpoint_failing/{heron.phone.endpoint_id}"
    page = await world.dispatcher.is_paged("alarm", subject=subject)
    await world.dispatcher.acknowledges(page)
    await kestrel.accepts(question)

    osprey = await world.on_duty("osprey", km=2)
    heron.phone.behaviour = "ok"
    second = await world.activated_incident()
    offers = (await world.dispatch_becomes(second, "open"))["offers"]
    assert [one["interrupter_id"] for one in offers] == [str(heron.worker), str(osprey.worker)]
    await osprey.is_offered(second)
    await heron.accepts(await heron.is_offered(second))
    await osprey.is_told("offer.taken", second)
    where = f"/v1/webhook-endpoints/{heron.phone.endpoint_id}"

    async def is_relied_on_again() -> bool:
        """A tap may come before it is noted that the phone took the message."""
        shown = (await world.alerts.get(where, headers=world.bearer("dispatcher"))).json()
        return (shown["breaker"], shown["failures"]) == ("half_open", 0)

    await eventually(is_relied_on_again)
