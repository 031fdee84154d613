"""What an incident has by those that are part of it: that somebody confirmed it or brought it back, and their response.

Asked at a merge of the one that becomes part of it, and after a split of all that still are.
"""

from services.intake.domain.incident import UNDECIDED, undecided
from services.intake.tables import IncidentRow
from shared.kernel.vocabulary import IncidentState, Verification


def share_standing(row: IncidentRow, merged: IncidentRow) -> None:
    """What was confirmed is no rumour, and policy turns away nothing that a person brought back."""
    row.brought_back = row.brought_back or merged.brought_back
    if merged.verification == Verification.CONFIRMED:
        row.verification, row.rumour = Verification.CONFIRMED, False
        if row.state in UNDECIDED:
            row.state = undecided(confirmed=True)


def share_response(row: IncidentRow, merged: IncidentRow, was_state: IncidentState) -> bool:
    """The response goes on, and is measured from where it began. False if there is none, or has one of its own."""
    if was_state is not IncidentState.ACTIVATED or merged.activated_at is None or row.state not in UNDECIDED:
        return False
    row.state, row.activated_at, row.obstacles = IncidentState.ACTIVATED, merged.activated_at, []
    return True
