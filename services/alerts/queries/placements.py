"""Where somebody belonged before and since, with why and by whom. Where they live is kept in their record alone."""

from collections.abc import Sequence
from uuid import UUID

from services.alerts.domain.workforce import Placement, PlacementReason
from shared.persistence.transaction import Row, Transaction

_NOTE = """
INSERT INTO placement_changes (interrupter_id, was_organization_id, was_team_community, was_floater, organization_id,
                               team_community, floater, home_changed, reason, by, at)
VALUES (:id, :was_organization_id, :was_team_community, :was_floater, :organization_id,
        :team_community, :floater, :home_changed, :reason, :by, app_now())
"""
_CHANGES = """
SELECT was_organization_id, was_team_community, was_floater, organization_id, team_community, floater, home_changed,
       reason, by, at
FROM placement_changes WHERE interrupter_id = :interrupter_id ORDER BY id DESC LIMIT 200
"""


async def note_placement(
    tx: Transaction, interrupter_id: UUID, before: Placement, after: Placement, why: tuple[PlacementReason, str]
) -> None:
    """`why`: the reason, and who decided."""
    reason, by = why
    await tx.run(
        _NOTE,
        id=interrupter_id,
        was_organization_id=before.organization_id,
        was_team_community=before.team_community,
        was_floater=before.floater,
        organization_id=after.organization_id,
        team_community=after.team_community,
        floater=after.floater,
        home_changed=after.home != before.home,
        reason=reason.value,
        by=by,
    )


async def placement_changes(tx: Transaction, interrupter_id: UUID) -> Sequence[Row]:
    """The last of them, newest first."""
    return await tx.rows(_CHANGES, interrupter_id=interrupter_id)
