"""A ranking's row as it is in the database, told person by person."""

from operator import itemgetter

from tests.chaos.history import Row


def left_out(row: Row) -> list[Row]:
    """In the order of their ids."""
    found = [{"interrupter_id": who, "reason": one["reason"]} for one in row["left_out"] for who in one["people"]]
    return sorted(found, key=itemgetter("interrupter_id"))
