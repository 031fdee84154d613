"""The programme in force: which version of the rules judges an incident."""

import json
from dataclasses import dataclass

from services.casework.domain.follow_ups import Rule
from services.casework.programme import rules_of
from shared.persistence.transaction import Transaction

# The share lock makes a load wait for judgements under way, and the next judgement for the load: an incident is
# judged by one or found by the other, never missed by both.
_IN_FORCE = """
SELECT p.version, p.rules FROM programme_in_force f LEFT JOIN programmes p ON p.version = f.version
WHERE f.id = 1 FOR SHARE OF f
"""


@dataclass(frozen=True, slots=True)
class RulesInForce:
    version: int
    rules: tuple[Rule, ...]


async def rules_in_force(tx: Transaction) -> RulesInForce | None:
    """None while no programme was ever loaded. Held until the transaction ends."""
    row = await tx.row(_IN_FORCE)
    if row["version"] is None:
        return None
    rules = row["rules"]
    return RulesInForce(row["version"], rules_of(json.loads(rules) if isinstance(rules, str) else rules))
