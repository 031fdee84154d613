"""Licences to operate: who granted them, replacing, and every change that there was."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.alerts.domain.terms import Term
from shared.persistence.transaction import Row, Transaction

_LICENCES = """
SELECT interrupter_id, community, from_day, until_day FROM licences
WHERE interrupter_id = ANY(CAST(:ids AS uuid[])) ORDER BY interrupter_id, community, from_day
"""
_GRANTED = """
SELECT community, from_day, until_day, granted_by, granted_at FROM licences WHERE interrupter_id = :id
ORDER BY community, from_day
"""
_CHANGES = """
SELECT change, community, from_day, until_day, by, at FROM licence_changes
WHERE interrupter_id = :interrupter_id ORDER BY id DESC LIMIT 200
"""
_TERMS = """
unnest(CAST(:communities AS text[]), CAST(:from_days AS date[]), CAST(:until_days AS date[]))
    AS term (community, from_day, until_day)
"""
_NOTE = f"""
INSERT INTO licence_changes (interrupter_id, change, community, from_day, until_day, by, at)
SELECT CAST(:id AS uuid), :change, community, from_day, until_day, :by, app_now() FROM {_TERMS}
"""  # noqa: S608 - a constant
_FORGET = f"""
DELETE FROM licences l USING {_TERMS}
WHERE l.interrupter_id = :id AND l.community = term.community AND l.from_day = term.from_day
"""  # noqa: S608 - a constant
_KEEP = f"""
INSERT INTO licences (interrupter_id, community, from_day, until_day, granted_by, granted_at)
SELECT CAST(:id AS uuid), community, from_day, until_day, :by, app_now() FROM {_TERMS}
"""  # noqa: S608 - a constant


async def licences_of(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, tuple[Term, ...]]:
    """By interrupter, in order. An interrupter without licences is there, with none."""
    found: dict[UUID, list[Term]] = {one: [] for one in ids}
    for row in await tx.rows(_LICENCES, ids=list(found)):
        found[row["interrupter_id"]].append(Term(row["community"], row["from_day"], row["until_day"]))
    return {one: tuple(terms) for one, terms in found.items()}


async def granted_licences(tx: Transaction, interrupter_id: UUID) -> Sequence[Row]:
    """With who granted each, and when; not known of those from before that was kept."""
    return await tx.rows(_GRANTED, id=interrupter_id)


async def licence_changes(tx: Transaction, interrupter_id: UUID) -> Sequence[Row]:
    """The last of them, newest first."""
    return await tx.rows(_CHANGES, interrupter_id=interrupter_id)


async def replace_licences(tx: Transaction, interrupter_id: UUID, terms: Sequence[Term], by: str) -> bool:
    """False if it is just this already. What stays keeps who granted it. The caller has locked the interrupter."""
    kept, wanted = set((await licences_of(tx, [interrupter_id]))[interrupter_id]), set(terms)
    gone, new = kept - wanted, wanted - kept
    for change, some, statement in (("withdrawn", gone, _FORGET), ("granted", new, _KEEP)):
        if some:
            facts = {"id": interrupter_id, **_columns(some)}
            await tx.run(statement, **facts, **({"by": by} if statement is _KEEP else {}))
            await tx.run(_NOTE, **facts, change=change, by=by)
    return bool(gone or new)


def _columns(terms: Iterable[Term]) -> dict[str, list[object]]:
    ordered = sorted(terms, key=lambda term: (term.community, term.from_day))
    return {
        "communities": [term.community for term in ordered],
        "from_days": [term.from_day for term in ordered],
        "until_days": [term.until_day for term in ordered],
    }
