"""What intake does with what the others say: every event of a dispatch shows how the response stands."""

from services.intake.usecases.note_response import note_response
from shared.contracts.events import dispatches
from shared.messaging.subscriptions import Subscriptions

SUBSCRIPTIONS: Subscriptions = dict.fromkeys(dispatches.EVENTS, note_response)
