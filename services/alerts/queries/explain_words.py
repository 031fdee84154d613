"""An explanation in words, for somebody who was not there: in the order of time, with the programme's own clock."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.alerts.domain.discretion import NOT_AVAILABLE, ToldReason
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.explain_course import Ended, Paged, Went, ended_lines, paged_lines, went_lines
from services.alerts.queries.explain_facts import Asked, Considered, DecidedByHand, Decision, Happened
from services.alerts.queries.explain_responder import MissedCheckIn, SceneReported, missed_words, reported_words
from shared.kernel.vocabulary import EscalationTarget, LeftOut, Tier

_REASONS: dict[ToldReason, str] = {
    NOT_AVAILABLE: "is not available",
    LeftOut.INACTIVE: "is not active",
    LeftOut.WITHOUT_ROLE: "does not take this role",
    LeftOut.OFF_DUTY: "is off duty",
    LeftOut.NO_LICENCE: "has no licence to operate there",
    LeftOut.CONFLICT_OF_INTEREST: "has a conflict of interest",
    LeftOut.COMMITTED: "is committed to another incident",
    LeftOut.OFFERED: "has another offer open",
    LeftOut.ASKED_BEFORE: "was asked before",
    LeftOut.RESTING: "is resting",
    LeftOut.OVER_HOURS: "has no hours left this week",
    LeftOut.SAFETY_HOLD: "is on a safety hold",
    LeftOut.STALE_LOCATION: "has no recent location",
    LeftOut.OUT_OF_RADIUS: "is too far away",
    LeftOut.UNREACHABLE: "has no working endpoint",
}
_TIERS = {
    Tier.TEAM: "the community's team",
    Tier.ORGANIZATION: "the organization covering it",
    Tier.LICENSED: "licensed there",
    Tier.FLOATER: "floater",
}
_CAUSES = {
    "opened": "the dispatch was opened",
    "declined": "somebody declined",
    "accepted": "somebody accepted",
    "unanswered": "somebody did not answer in time",
    "undelivered": "a phone had not taken the message",
    "undeliverable": "a phone could not be reached at all",
    "committed_elsewhere": "somebody asked has taken another incident",
    "incident_changed": "the incident was changed",
    "reconsidered": "somebody may have become free",
    "given_back": "somebody gave the role back",
    "reassigned": "the desk has decided by hand",
    "standing_lost": "somebody asked must not go any more",
    "escalated": "nobody had it after the policy's time",
    "handed_back": "asking went on",
}


class Told(BaseModel):
    """`ended`: None while it goes on."""

    decisions: list[Decision]
    asked: list[Asked]
    decided_by_hand: list[DecidedByHand]
    missed_check_ins: list[MissedCheckIn]
    happened: list[Happened]
    scene_reports: list[SceneReported]
    went: list[Went]
    paged: list[Paged]
    ended: Ended | None


def in_words(dispatch: Dispatch, told: Told) -> list[str]:
    zone = ZoneInfo(dispatch.row.policy["time_zone"])

    def when(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"

    lines = [
        *((one.at, _happened(one, when)) for one in told.happened),
        *((one.at, _decision(one, dispatch)) for one in told.decisions),
        *((one.made_at, _asked(one, when)) for one in told.asked),
        *((one.at, _by_hand(one)) for one in told.decided_by_hand),
        *((one.missed_at, missed_words(one, when)) for one in told.missed_check_ins),
        *((one.reported_at, reported_words(one)) for one in told.scene_reports),
        *(line for one in told.went for line in went_lines(one)),
        *(line for one in told.paged for line in paged_lines(one)),
        *ended_lines(told.ended),
    ]
    lines.sort(key=lambda line: line[0])
    return [_heading(dispatch, when, str(zone)), *(f"{when(at)} {text}" for at, text in lines)]


def _heading(dispatch: Dispatch, when: Callable[[datetime], str], zone: str) -> str:
    row, policy = dispatch.row, dispatch.policy
    near = row.incident.get("community")
    where = near["name"] if near else "no community"
    rules = ", ".join(policy.rules_held) or "none"
    wanted = ", ".join(f"{count} {role}" for role, count in policy.roles.items())
    return (
        f"{_kind(row.incident['kind'])} in {where}, activated {when(row.activated_at)} ({zone});"
        f" policy {row.policy_name} version {row.policy_version}, rules that hold now: {rules}; wanted now: {wanted}"
    )


def _kind(kind: str) -> str:
    return kind.replace("_", " ")


def _about(distance_m: float | None) -> str:
    """Kept in whole kilometres, and said so."""
    kilometres = round((distance_m or 0) / 1000)
    return f"about {kilometres} km" if kilometres else "less than 1 km"


def _decision(decision: Decision, dispatch: Dispatch) -> str:
    able = ", ".join(
        f"{one.call_sign} ({_TIERS[one.tier]}, {_about(one.distance_m)})" for one in decision.ranked if one.tier
    )
    unable = ", ".join(_left_out(one) for one in decision.left_out if one.reason)
    cause = _CAUSES.get(decision.cause, decision.cause.replace("_", " "))
    return (
        f"{decision.role}: {cause};{_radius(decision, dispatch)} could be asked, in this order: {able or 'nobody'}"
        f"; left out: {unable or 'nobody'}"
    )


def _radius(decision: Decision, dispatch: Dispatch) -> str:
    """The step that was reached, where the policy has several."""
    steps = dispatch.policy.radius_steps_m
    if decision.step is None or len(steps) == 1 or decision.step > len(steps):
        return ""
    within = steps[decision.step - 1]
    far = "however far" if within is None else f"within {within / 1000:g} km"
    return f" radius step {decision.step} of {len(steps)}, {far};"


def _left_out(one: Considered) -> str:
    reason = _REASONS[one.reason] if one.reason else ""
    return f"{one.call_sign} {reason}" + (f" until step {one.step}" if one.step is not None else "")


def _asked(asked: Asked, when: Callable[[datetime], str]) -> str:
    why = f" ({asked.decline_reason})" if asked.decline_reason else ""
    state = "sent by hand before an answer," if asked.sent_by_hand else asked.state
    ended = f"{state}{why} at {when(asked.settled_at)}" if asked.settled_at else state
    return f"{asked.call_sign} was asked for {asked.role}: {ended}"


def _by_hand(one: DecidedByHand) -> str:
    instead = f" instead of {one.relieved_call_sign}" if one.relieved_id else ""
    despite = "".join(f", although {one.call_sign} {_REASONS[rule]}" for rule in one.despite)
    return (
        f"{one.call_sign} was sent as {one.role}{instead} by {one.decided_as} {one.decided_by} ({one.reason}){despite}"
    )


_STEPS = {
    EscalationTarget.NEXT_TIER: "somebody of the next tier was to be asked beside",
    EscalationTarget.SUPERVISOR: "the supervisors were told",
    EscalationTarget.DISPATCHER: "the duty dispatcher was told",
}


_BY_ITSELF = {
    "await": "{who} was not on scene in the policy's time: the desk was told",
    "give_back": "{who} could not go and gave the role back",
    "hand_back": "the policy's time for one person alone was over: asking went on",
    "reopen": "the incident came back: the dispatch had ended at {until}, and went on",
    "relocate": "the incident was said to have happened elsewhere: whoever was asked or sent was told",
    "threat": "there was said to be an active threat: whoever was asked or sent was told",
    "clear": "there was said to be no active threat any more: whoever was asked or sent was told",
}


def _happened(one: Happened, when: Callable[[datetime], str]) -> str:
    if isinstance(one.reason, EscalationTarget):
        return f"nobody had it after the policy's time: {_STEPS[one.reason]}"
    if one.decided_by is None:
        return _BY_ITSELF[one.action].format(who=one.call_sign, until=when(one.until) if one.until else "")
    until = f" until {when(one.until)}" if one.until else ""
    done = {
        "extend": f"{one.call_sign} was given time{until}",
        "take_over": f"the dispatch was taken over{until}",
        "hand_back": "the dispatch was handed back",
        "stand_down": "the dispatch was stood down",
    }[one.action]
    return f"{done} by {one.decided_as} {one.decided_by} ({one.reason})"
