"""Reports that come at the same moment are taken in one transaction; each keeps its own answer, event and trace."""

import asyncio
from collections import Counter

import asyncpg

from services.intake.domain.sources import Trust
from services.intake.usecases.register_source import Terms, register_source
from shared.kernel.vocabulary import SourceKind
from shared.persistence.request_keys import UNASKED, Scope, asked
from shared.persistence.sql_text import parse
from shared.persistence.transaction import Transaction
from tests.support.intake import Intake, a_report, ago, point_in

HERE = point_in("park-view")


def elsewhere(number: int) -> dict[str, float]:
    """Kilometres apart from each other, within the city."""
    return {"lat": round(38.83 + 0.02 * (number // 6), 5), "lon": round(-77.05 + 0.02 * (number % 6), 5)}


async def known(intake: Intake, *kinds: str) -> None:
    """Sources that were never heard of are registered with their first report, which is taken alone."""
    async with intake.db.transaction() as tx:
        for kind in kinds or ("police",):
            await register(tx, f"{kind}-feed", kind)


async def register(tx: Transaction, source: str, kind: str) -> None:
    await register_source(tx, source, Terms(SourceKind(kind), Trust.BY_KIND, None, None), "the-office")


async def test_each_of_many_at_once_is_an_incident_with_its_own_event_and_trace(intake: Intake) -> None:
    await known(intake)
    trace_ids = [f"{number:032x}" for number in range(1, 31)]
    answers = await asyncio.gather(
        *(
            intake.source().post(
                "/v1/reports",
                json=a_report(source_ref=f"r{number}", location=elsewhere(number), injured=number),
                headers={"Idempotency-Key": f"k{number}", "traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"},
            )
            for number, trace_id in enumerate(trace_ids)
        )
    )
    assert Counter((one.status_code, one.json()["disposition"]) for one in answers) == {(201, "opened"): 30}
    assert [one.json()["incident"]["injured"] for one in answers] == list(range(30))
    for trace_id, answer in zip(trace_ids, answers, strict=True):
        assert await traces(intake, answer.json()["incident_id"]) == {trace_id}
        assert [name for name, _ in await intake.events(answer.json()["incident_id"])] == ["opened", "activated"]
    assert await transactions(intake) < 10
    again = await intake.post(a_report(source_ref="r7", location=elsewhere(7), injured=7), key="k7")
    assert again.status_code == 422, "the key was used with another time"


async def test_a_source_whose_first_reports_come_all_at_once_is_registered(intake: Intake) -> None:
    bodies = [a_report(source_ref=f"r{number}", location=elsewhere(number)) for number in range(12)]
    assert {one.status_code for one in await asyncio.gather(*map(intake.post, bodies))} == {201}
    async with intake.db.transaction() as tx:
        assert await tx.rows("SELECT FROM sources")


async def test_repeats_among_many_at_once_add_nothing(intake: Intake) -> None:
    await known(intake)
    bodies = [a_report(source_ref=f"r{number}", location=elsewhere(number)) for number in range(8)]
    posts = [intake.post(body, key=f"k{at}") for at, body in enumerate(bodies) for _ in range(3)]
    answers = await asyncio.gather(*posts)
    assert {one.status_code for one in answers} <= {201, 409}
    done = {one.json()["incident_id"] for one in answers if one.status_code == 201}
    assert len(done) == len(bodies)
    assert (await intake.counts())["incidents"] == len(bodies)


async def test_what_many_say_again_at_once_is_answered_together(intake: Intake) -> None:
    await known(intake)
    body = a_report()
    first = (await intake.post(body)).json()
    answers = await asyncio.gather(*(intake.post(body, key=f"again-{number}") for number in range(60)))
    assert Counter((one.status_code, one.json()["disposition"]) for one in answers) == {(201, "attached"): 60}
    assert {(one.json()["incident_id"], one.json()["report_id"]) for one in answers} == {
        (first["incident_id"], first["report_id"])
    }
    assert await transactions(intake, "idempotency_keys") < 10
    again = await intake.post(body, key="again-7")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (await intake.counts())["reports"] == 1


async def test_those_who_are_near_each_other_are_not_both_taken_for_new(intake: Intake) -> None:
    kinds, at = ("police", "hospital", "sensor"), ago(minutes=5)
    await known(intake, *kinds)
    others = [intake.taken(source_ref=f"far{number}", location=elsewhere(number)) for number in range(4)]
    near = [intake.taken(by=intake.source(kind), occurred_at=at, location=HERE) for kind in kinds]
    answers = await asyncio.gather(*others, *near)
    assert len({one["incident_id"] for one in answers[4:]}) == 1


async def test_several_under_one_reference_are_one_incident_however_far_apart(intake: Intake) -> None:
    await known(intake)
    bodies = [a_report(source_ref=f"r{number // 2}", location=elsewhere(number)) for number in range(24)]
    answers = await asyncio.gather(*map(intake.post, bodies))
    assert {one.status_code for one in answers} == {201}
    found = [one.json()["incident_id"] for one in answers]
    assert found[::2] == found[1::2]
    assert len(set(found)) == 12
    assert await transactions(intake) < 12 + 10


async def test_each_of_many_at_once_is_told_what_that_caller_may_see(intake: Intake) -> None:
    await known(intake)
    async with intake.db.transaction() as tx:
        await register(tx, "a-supervisor", "staff")
    callers = [(intake.source(), a_report(location=elsewhere(0))), (intake.staff("supervisor"), a_report())]
    restricted = {"restricted": True, "reason": "worker_involved"}
    for caller, said in callers:
        incident_id = (await intake.post(said, by=caller)).json()["incident_id"]
        assert (await intake.decide(incident_id, "visibility", restricted, role="supervisor")).status_code == 200
    before = await transactions(intake, "idempotency_keys")
    answers = await asyncio.gather(*(intake.post(said, by=caller) for _ in range(15) for caller, said in callers))
    assert Counter((one.status_code, one.json()["disposition"]) for one in answers) == {(201, "attached"): 30}
    assert [one.json()["incident"] for one in answers[::2]] == [None] * 15
    assert {one.json()["incident"]["incident_id"] for one in answers[1::2] if one.json()["incident"]} == {incident_id}
    assert all(one.json()["incident"] for one in answers[1::2])
    assert await transactions(intake, "idempotency_keys") < before + 10


async def test_a_bad_one_among_many_at_once_is_refused_alone(intake: Intake) -> None:
    await known(intake)
    good = [intake.post(a_report(source_ref=f"r{number}", location=elsewhere(number))) for number in range(6)]
    bad = [
        intake.post(a_report(location={"lat": 40.7, "lon": -74.0})),
        intake.post(a_report(occurred_at=ago(days=-2))),
    ]
    answers = await asyncio.gather(*good[:3], *bad, *good[3:])
    assert [one.status_code for one in answers] == [201, 201, 201, 422, 422, 201, 201, 201]


async def test_a_request_that_was_made_before_takes_nobody_of_its_round_apart(intake: Intake) -> None:
    await known(intake)
    bodies = [a_report(source_ref=f"r{number}", location=elsewhere(number)) for number in range(30)]
    before = {number: (await intake.post(bodies[number], key=f"k{number}")).json() for number in (9, 19, 29)}
    answers = await asyncio.gather(*(intake.post(body, key=f"k{number}") for number, body in enumerate(bodies)))
    assert {one.status_code for one in answers} == {201}
    assert {at: one.json() for at, one in enumerate(answers) if "Idempotency-Replayed" in one.headers} == before
    assert await transactions(intake) < 10 + len(before)


async def test_two_reports_under_one_key_take_nobody_of_their_round_apart(intake: Intake) -> None:
    await known(intake)
    bodies = [a_report(source_ref=f"r{number}", location=elsewhere(number)) for number in range(24)]
    keys = [f"k{10 if number == 11 else number}" for number in range(24)]
    answers = await asyncio.gather(*(intake.post(body, key=key) for body, key in zip(bodies, keys, strict=True)))
    refused = [at for at, one in enumerate(answers) if one.status_code != 201]
    assert refused in ([10], [11])
    assert answers[refused[0]].status_code in {409, 422}
    assert await transactions(intake) < 10


async def test_a_request_that_is_being_made_is_not_made_beside_it(intake: Intake) -> None:
    await known(intake)
    bodies = [a_report(source_ref=f"r{number}", location=elsewhere(number)) for number in range(8)]
    async with intake.db.transaction() as elsewhere_made:
        lock = Scope("police-feed", "POST /v1/reports", "k5").lock
        await elsewhere_made.rows("SELECT pg_advisory_xact_lock(:lock)", lock=lock)
        answers = await asyncio.gather(*(intake.post(body, key=f"k{number}") for number, body in enumerate(bodies)))
    assert [one.status_code for one in answers] == [201] * 5 + [409] + [201] * 2
    assert (await intake.post(bodies[5], key="k5")).status_code == 201


async def test_to_find_out_which_requests_are_new_no_other_keys_are_read(intake: Intake) -> None:
    """Planned while the table is empty, as after a migration."""
    sql = parse(UNASKED)
    arguments = sql.arguments(asked([Scope("police-feed", "POST /v1/reports", f"k{number}") for number in range(32)]))
    connection = await asyncpg.connect(intake.db.dsn)
    try:
        plan = "\n".join(line for (line,) in await connection.fetch(f"EXPLAIN {sql.text}", *arguments))
    finally:
        await connection.close()
    assert "idempotency_keys_pkey" in plan
    assert "Seq Scan" not in plan


async def transactions(intake: Intake, table: str = "reports") -> int:
    """In how many all its rows were written."""
    async with intake.db.transaction() as tx:
        return int((await tx.row(f"SELECT count(DISTINCT xmin::text) AS all_ FROM {table}"))["all_"])


async def traces(intake: Intake, incident_id: str) -> set[str]:
    async with intake.db.transaction() as tx:
        rows = await tx.rows("SELECT headers ->> 'traceparent' AS trace FROM outbox WHERE key = :id", id=incident_id)
    return {row["trace"].split("-")[1] for row in rows}
