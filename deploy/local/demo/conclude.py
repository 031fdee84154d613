"""Counts what the demo did: what was posted, what arrived, what the topics hold, what reporting says."""

import time
from datetime import datetime, timedelta

from deploy.local.demo.api import Api
from deploy.local.demo.arrivals import Arrivals
from deploy.local.demo.kpis import Reporting
from deploy.local.demo.outcome import Reconciled, follow_ups_settled, reconcile
from deploy.local.demo.run import Played
from deploy.local.demo.summary import Numbers, Summary, latency
from deploy.local.stack import LocalStack
from services.intake.feeds.post import Tally

CATCH_UP_WITHIN_S = 30.0
FOLLOW_UPS_WITHIN_S = 10.0


async def conclude(stack: LocalStack, played: Played, *, catch_up_within_s: float = CATCH_UP_WITHIN_S) -> Summary:
    began = time.monotonic()
    async with Api() as api:
        reporting = Reporting(api, stack.wiring.url("reporting"), stack.token(["program_office"], sub="demo-office"))
        activated = len(played.follower.activated())
        follow_ups = await follow_ups_settled(stack, api, activated, within_s=FOLLOW_UPS_WITHIN_S)
        counted = await reconcile(stack, api, reporting, catch_up_within_s=catch_up_within_s)
        response_times = await reporting.response_times()
    played.arrivals.read_on()
    seconds = played.seconds | {"counting": time.monotonic() - began}
    return _summary(stack, played, counted, follow_ups=follow_ups, response_times=response_times, seconds=seconds)


def _summary(
    stack: LocalStack,
    played: Played,
    counted: Reconciled,
    *,
    follow_ups: Numbers,
    response_times: dict[str, dict[str, float | None]],
    seconds: dict[str, float],
) -> Summary:
    numbers, week, arrivals = counted.numbers, played.week, played.arrivals
    return Summary(
        rows=week.rows,
        reports=_of(played.replayed.tally),
        made_up_calls=_of(played.replayed.calls),
        skipped={reason.value: count for reason, count in sorted(week.skipped.items())},
        broken=len(week.broken),
        incidents=numbers["incidents"],
        screened_out=numbers.get("incidents by state: screened_out", 0),
        activated=_activated(played, numbers),
        not_activated=numbers["incidents"] - numbers["activated"],
        offers=_part(numbers, "offers by outcome: "),
        exhausted=_exhausted(numbers),
        without_end=tuple(played.follower.without_end(arrivals)),
        first_attempt_ms=latency(_since_report_ms(played, _first_tried(played))),
        first_webhook_ms=latency(_since_report_ms(played, arrivals.first_at)),
        response_times=response_times,
        events=counted.events,
        dead_letters=counted.dead_letters,
        follow_ups=follow_ups,
        handoffs=_part(numbers, "handoffs by outcome: "),
        webhooks=_webhooks(arrivals),
        badly_signed=dict(arrivals.bad_signatures),
        reconciled=counted.has_read and not counted.differences,
        numbers_compared=len(numbers),
        differences=_differences(counted),
        restarts={one.spec.name: one.restarts for one in stack.supervisor.processes() if one.restarts},
        seconds={name: round(value, 1) for name, value in seconds.items()},
        further_faults=_further_faults(played, numbers),
    )


def _activated(played: Played, numbers: Numbers) -> Numbers:
    by_dispatcher = len(played.desk_activated)
    return {"by policy": numbers["activated"] - by_dispatcher, "by the dispatcher": by_dispatcher}


def _exhausted(numbers: Numbers) -> Numbers:
    in_the_end = numbers.get("dispatches by state: exhausted", 0)
    return {"ever": numbers["dispatches ever exhausted"], "in the end": in_the_end}


def _webhooks(arrivals: Arrivals) -> Numbers:
    badly_signed = sum(arrivals.bad_signatures.values())
    return {"messages": len(arrivals.messages), "arrivals": arrivals.total, "badly signed": badly_signed}


def _first_tried(played: Played) -> dict[str, datetime]:
    """When the first phone was tried: one that refuses was, and a desk's that was paged because nobody was free."""
    tried, arrived = played.follower.first_attempts(), played.arrivals.first_at
    return {root: min(known[root] for known in (tried, arrived) if root in known) for root in tried | arrived}


def _further_faults(played: Played, numbers: Numbers) -> tuple[str, ...]:
    """What the numbers alone would not show: an incident that never reached a topic, a report that was refused."""
    taken = len(played.replayed.answered)
    faults = [f"report {line}" for line in played.replayed.refused]
    if taken != numbers["incidents"]:
        faults.append(f"{taken} incidents were reported and {numbers['incidents']} are on the topic")
    missing = (played.replayed.activated_by_policy | played.desk_activated) - played.follower.activated().keys()
    faults += [f"incident {root} was activated, and its topic does not tell" for root in sorted(missing)]
    return tuple(faults)


def _differences(counted: Reconciled) -> tuple[str, ...]:
    late = () if counted.has_read else ("reporting did not read the topics to their end in time",)
    return (*late, *counted.differences)


def _since_report_ms(played: Played, moments: dict[str, datetime]) -> list[float]:
    sent = played.replayed.sent_at
    roots = played.replayed.activated_by_policy & sent.keys() & moments.keys()
    return [(moments[root] - sent[root]) / timedelta(milliseconds=1) for root in roots]


def _of(tally: Tally) -> Numbers:
    return {outcome.value: count for outcome, count in sorted(tally.counts.items())}


def _part(numbers: Numbers, prefix: str) -> Numbers:
    return {name.removeprefix(prefix): count for name, count in sorted(numbers.items()) if name.startswith(prefix)}
