"""Where an incident is, as its row holds it: the point, and the areas that it belongs to."""

from datetime import datetime
from typing import Any

from services.intake.current_programme import InForce
from shared.kernel.geo import Point


def located(point: Point, occurred_at: datetime, in_force: InForce) -> dict[str, Any]:
    """By the names of the row's columns."""
    found = in_force.locate(point, occurred_at)
    community = found.community
    return {
        "lat": point.lat,
        "lon": point.lon,
        "community": community.area_id if community else None,
        "community_name": community.name if community else None,
        "community_distance_m": community.distance_m if community else None,
        "ward": found.ward,
        "cluster": found.cluster,
    }
