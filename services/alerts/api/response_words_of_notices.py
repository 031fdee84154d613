"""What the response page says of messages that ask about no incident: a trade of shifts, which can be answered, and
news, which can be read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.alerts.api.response_words import Button, PageWords
from services.alerts.delivery.text_words import SAID
from services.alerts.domain.response import Deed
from services.alerts.domain.trades import TradeState
from services.alerts.queries.responses import Linked

_STANDS = {
    TradeState.REQUESTED: "Nobody has answered yet.",
    TradeState.EFFECTIVE: "The exchange holds.",
    TradeState.DECLINED: "It was declined. The shift stays.",
    TradeState.WITHDRAWN: "It was withdrawn. The shift stays.",
    TradeState.LAPSED: "Nobody answered in time. The shift stayed.",
}
_ANSWERS = (Button("I agree", Deed.AGREE), Button("No", Deed.DECLINE))


def trade_words(linked: Linked, trade: Mapping[str, Any]) -> PageWords:
    """`trade`: as `queries.responses.traded` has it. Whoever was asked may answer while nobody has."""
    facts = [f"{trade['taker']} takes over from {trade['giver']}: {_shift(trade, 'giver')}"]
    if trade["taker_day"] is not None:
        facts.append(f"{trade['giver']} takes over from {trade['taker']}: {_shift(trade, 'taker')}")
    state = TradeState(trade["state"])
    if state is TradeState.REQUESTED and trade["is_over"]:
        state = TradeState.LAPSED
    asked = trade["is_party"] and linked.owner_id != trade["requested_by"]
    if state is TradeState.REQUESTED and asked:
        return PageWords("An exchange of shifts", tuple(facts), "Do you agree?", _ANSWERS)
    return PageWords("An exchange of shifts", tuple(facts), _STANDS[state])


def _shift(trade: Mapping[str, Any], side: str) -> str:
    return f"{trade[f'{side}_day']:%A, %Y-%m-%d}, {trade[f'{side}_starts']:%H:%M} to {trade[f'{side}_ends']:%H:%M}"


def notice_words(linked: Linked, about: Mapping[str, Any]) -> PageWords:
    """All that the message says. `about`: as `queries.responses.told_about` has it."""
    said = linked.said
    facts = [
        f"Whose: {about['call_sign']}" if about["call_sign"] else "",
        f"Area: {said['area']}" if said.get("area") else "",
        "EXERCISE" if said.get("exercise") else "",
        f"Due: {_clock(said['due_at'], about['time_zone'])}" if said.get("due_at") else "",
        f"How many: {len(said['step_ids'])}" if "step_ids" in said else "",
        f"Incidents with victims lately: {said['exposures']}" if "exposures" in said else "",
    ]
    return PageWords("Truce", tuple(fact for fact in facts if fact), SAID[f"truce.{linked.kind}"])


def _clock(at: str, time_zone: str | None) -> str:
    return datetime.fromisoformat(at).astimezone(ZoneInfo(time_zone or "UTC")).strftime("%Y-%m-%d %H:%M")
