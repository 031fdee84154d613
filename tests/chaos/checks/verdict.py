"""What a check says: what it looked at, and where a promise was broken. One that looked at nothing proved nothing."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Violation:
    """`evidence`: ids and places (`topic/partition@offset`, `table id`) by which a person finds it in the folder."""

    check: str
    sentence: str
    evidence: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.check}: {self.sentence} [{', '.join(self.evidence)}]"


@dataclass
class Verdict:
    check: str
    looked_at: int = 0
    violations: list[Violation] = field(default_factory=list)

    def look(self, times: int = 1) -> None:
        self.looked_at += times

    def demand(self, holds: object, sentence: str, *evidence: object) -> None:
        """One thing looked at; a violation unless it holds."""
        self.looked_at += 1
        self.expect(holds, sentence, *evidence)

    def expect(self, holds: object, sentence: str, *evidence: object) -> None:
        """Of all things together: holds for none as well, so it does not count as having looked at something."""
        if not holds:
            self.violations.append(Violation(self.check, sentence, tuple(str(one) for one in evidence)))
