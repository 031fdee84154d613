"""The case side of the demo: made-up case managers with made-up cases, handed over while the incidents come in.

Of the handoffs some are accepted, one is rejected, and one is left open: there the owner stays responsible.
"""

import asyncio
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from deploy.local.demo.api import Api, Unanswered
from deploy.local.demo.city import CaseManager, City
from deploy.local.stack import LocalStack

KNOWN_WITHIN_S = 20.0
NOT_KNOWN_YET = 422
BETWEEN_S = 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    """One case: whose it is, who is asked to take it over, and what the answer is (None: no answer yet)."""

    owner: CaseManager
    receiver: CaseManager
    reason: str
    answer: str | None


def plans(city: City) -> tuple[Plan, ...]:
    """Each case manager's case goes to the next one; the answers differ."""
    people = city.case_managers
    answers = ("accept", "accept", "reject", None)
    reasons = ("capacity", "better_match", "moved_community", "worker_leaves")
    pairs = zip(people, (*people[1:], people[0]), strict=True)
    return tuple(
        Plan(owner, receiver, reason, answer)
        for (owner, receiver), reason, answer in zip(pairs, reasons, answers, strict=False)
    )


class Caseload:
    def __init__(self, stack: LocalStack, api: Api) -> None:
        self._stack = stack
        self._api = api
        self._url = stack.wiring.url("casework")
        self._numbers = count(1)

    async def live(self, city: City) -> None:
        """Carries the plans out one after the other."""
        for plan in plans(city):
            case = await self._case_of(plan.owner)
            await asyncio.sleep(BETWEEN_S)
            body = {"to_worker_id": str(plan.receiver.worker), "reason": plan.reason}
            handoff = await self._must(f"/v1/cases/{case}/handoffs", _own(self._stack, plan.owner), body)
            await asyncio.sleep(BETWEEN_S)
            if plan.answer is not None:
                answer = {"reason": "no_capacity"} if plan.answer == "reject" else None
                receiver = _own(self._stack, plan.receiver)
                await self._must(f"/v1/handoffs/{handoff['handoff_id']}/{plan.answer}", receiver, answer)

    async def _case_of(self, owner: CaseManager) -> UUID:
        """An opaque participant, a case for the organization, and its first owner, given by the supervisor."""
        supervisor = self._stack.token(
            ["supervisor"], sub=f"supervisor-{owner.organization}-{next(self._numbers)}", org=str(owner.organization)
        )
        participant = await self._must("/v1/participants", supervisor, {"community": owner.community})
        body = {
            "participant_id": participant["participant_id"],
            "organization_id": str(owner.organization),
            "community": owner.community,
        }
        case = await self._once_known("/v1/cases", supervisor, body)
        await self._once_known(f"/v1/cases/{case['case_id']}/assign", supervisor, {"worker_id": str(owner.worker)})
        return UUID(case["case_id"])

    async def _must(self, path: str, token: str, body: dict[str, str] | None) -> dict[str, str]:
        answer: dict[str, str] = await self._api.must("POST", self._url + path, token, body)
        return answer

    async def _once_known(self, path: str, token: str, body: dict[str, str]) -> dict[str, str]:
        """Casework learns of organizations and workers from events, which may still be on their way."""
        loop = asyncio.get_running_loop()
        until = loop.time() + KNOWN_WITHIN_S
        while True:
            answer = await self._api.ask("POST", self._url + path, token, body)
            if answer.is_yes:
                known: dict[str, str] = answer.body
                return known
            if answer.status != NOT_KNOWN_YET or loop.time() > until:
                raise Unanswered(f"POST {path} was answered with {answer.why()}")
            await asyncio.sleep(BETWEEN_S)


def _own(stack: LocalStack, one: CaseManager) -> str:
    return stack.token(["case_manager"], sub=one.call_sign, org=str(one.organization), worker=str(one.worker))
