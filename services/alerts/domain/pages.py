"""What people are paged about, until one of them has it. The code is kept with the page, sent with it and told."""

from enum import StrEnum


class PageKind(StrEnum):
    """`alarm`: about Truce itself, of any service. The others are about an incident or a person at one."""

    EXHAUSTED = "exhausted"
    GIVEN_UP = "given_up"
    ESCALATED = "escalated"
    NOT_ON_SCENE = "not_on_scene"
    WELFARE = "welfare"
    ASSIGNMENT_IN_DOUBT = "assignment_in_doubt"
    TRIAGE_OVERDUE = "triage_overdue"
    ALARM = "alarm"
