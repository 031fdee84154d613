"""Coded words of what follows once somebody is sent: check-ins, scene reports, triage, response plans.

Closed lists like the vocabulary's, and used alike in code, API, events and screens. No list is about a person.
"""

from enum import StrEnum


class CheckInState(StrEnum):
    """Of somebody on scene: the next check-in is due at a time, they were asked for it, they did not answer."""

    DUE = "due"
    WARNED = "warned"
    MISSED = "missed"


class SceneState(StrEnum):
    CLEAR = "clear"
    TENSE = "tense"
    ACTIVE_THREAT = "active_threat"


class CrowdSize(StrEnum):
    NOBODY = "nobody"
    UP_TO_10 = "up_to_10"
    UP_TO_50 = "up_to_50"
    OVER_50 = "over_50"


class RumoursControlled(StrEnum):
    YES = "yes"
    NO = "no"
    ONGOING = "ongoing"


class RetaliationTalk(StrEnum):
    NONE = "none"
    SOME = "some"
    SERIOUS = "serious"


class ServiceNeeded(StrEnum):
    MEDICAL = "medical"
    TRAUMA_SUPPORT = "trauma_support"
    VICTIM_SERVICES = "victim_services"
    FAMILY_SUPPORT = "family_support"
    RELOCATION = "relocation"
    YOUTH_SERVICES = "youth_services"
    FUNERAL_SUPPORT = "funeral_support"
    CLEAN_UP = "clean_up"
    OTHER = "other"


class Risk(StrEnum):
    """How likely retaliation is held to be."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class TriageState(StrEnum):
    DUE = "due"
    HELD = "held"
    WITHDRAWN = "withdrawn"


class Attendee(StrEnum):
    """In what office somebody took part in a triage."""

    INTERRUPTER = "interrupter"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"
    CASE_MANAGER = "case_manager"
    NAVIGATOR = "navigator"
    HOSPITAL_RESPONDER = "hospital_responder"
    PROGRAM_OFFICE = "program_office"
    PARTNER = "partner"


class TriageDecision(StrEnum):
    RESPOND = "respond"
    MONITOR = "monitor"
    SEEK_MEDIATION = "seek_mediation"
    SEEK_CEASEFIRE = "seek_ceasefire"
    OPEN_CONFLICT = "open_conflict"
    REFER_FAMILY_SUPPORT = "refer_family_support"
    ASK_ANOTHER_ORGANIZATION = "ask_another_organization"
    NO_FURTHER_ACTION = "no_further_action"


class PlanAction(StrEnum):
    """What somebody is to do by a day."""

    BE_PRESENT = "be_present"
    CONTROL_RUMOURS = "control_rumours"
    VISIT_HOSPITAL = "visit_hospital"
    VISIT_FAMILY = "visit_family"
    CONTACT_THOSE_INVOLVED = "contact_those_involved"
    MEDIATE = "mediate"
    BROKER_CEASEFIRE = "broker_ceasefire"
    ATTEND_VIGIL = "attend_vigil"
    ATTEND_FUNERAL = "attend_funeral"
    VISIT_SCHOOL = "visit_school"
    HOLD_COMMUNITY_MEETING = "hold_community_meeting"
    REFER_TO_SERVICES = "refer_to_services"
    REVIEW_PLAN = "review_plan"
