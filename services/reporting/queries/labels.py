"""Names for the values of dimensions that are ids."""

from shared.persistence.transaction import Transaction

_AREAS = "SELECT area_id AS value, name FROM area_dimension WHERE kind = :kind ORDER BY area_id"
_ORGANIZATIONS = "SELECT CAST(organization_id AS text) AS value, name FROM organization_dimension ORDER BY 1"
_AREA_DIMENSIONS = ("community", "ward", "cluster")


async def labels_of(tx: Transaction, dimensions: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Dimension → value → name, of those dimensions that have names."""
    labels = {}
    for dimension in dimensions:
        if dimension in _AREA_DIMENSIONS:
            rows = await tx.rows(_AREAS, kind=dimension)
        elif dimension == "organization":
            rows = await tx.rows(_ORGANIZATIONS)
        else:
            continue
        labels[dimension] = {row["value"]: row["name"] for row in rows}
    return labels
