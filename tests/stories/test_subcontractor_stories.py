"""A subcontractor covers communities of its own: its people, its supervisors, its pages."""

from shared.kernel.ids import new_id
from tests.support.people import Desk
from tests.support.world import OAK_STREET, World


async def test_a_subcontractor_stands_for_itself(world: World) -> None:
    """Oak Street's subcontractor takes over the cover of Alder."""
    office = world.bearer("program_office")
    alder = [{"community": "alder", "from_day": "2021-01-01"}]
    sub = new_id()
    body = {"id": str(sub), "name": "Acorn", "subcontractor_of": str(OAK_STREET), "coverage": alder}
    assert (await world.alerts.post("/v1/organizations", json=body, headers=office)).status_code == 201
    path = f"/v1/organizations/{OAK_STREET}/coverage"
    assert (await world.alerts.put(path, json=[], headers=office | {"If-Match": "*"})).status_code == 200
    acorns: Desk = await world.desk("supervisor", sub)
    heron, kestrel = await world.on_duty("heron", km=2.0, organization=sub), await world.on_duty("kestrel", km=0.4)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    main, own = world.bearer("supervisor", org=OAK_STREET), world.bearer("supervisor", org=sub)
    for way, where in (
        ("GET", f"/v1/interrupters/{heron.worker}"),
        ("GET", f"/v1/interrupters/{heron.worker}/plan"),
        ("GET", f"/v1/interrupters/{heron.worker}/conflicts-of-interest"),
        ("GET", f"/v1/interrupters/{heron.worker}/safety-holds"),
        ("GET", f"/v1/offers/{offer.offer_id}"),
    ):
        assert (await world.alerts.request(way, where, headers=main)).status_code == 404, where
        assert (await world.alerts.request(way, where, headers=own)).status_code == 200, where
    assert (await world.reassigns(incident, heron, by=main)).status_code == 404
    await heron.declines(offer)
    await kestrel.declines(await kestrel.is_offered(incident))
    await acorns.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)
