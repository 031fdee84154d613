"""Who may see and answer an offer: the person asked, and the desk that has them on the phone."""

from uuid import UUID


def may_answer(*, worker: UUID | None, is_desk: bool, asked: UUID) -> bool:
    """`worker`: the caller's own record, if they have one. `is_desk`: dispatcher or supervisor."""
    return is_desk or worker == asked
