"""What the linter of emission files says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    rule: its name.  place: file, and variable where there is one.  is_error: whether it forbids a run.
    """

    rule: str
    place: str
    found: str
    expected: str
    remedy: str
    is_error: bool = True

    def lines(self) -> list[str]:
        """As printed."""
        head = f"{'error' if self.is_error else 'warning'} [{self.rule}] {self.place}"
        return [
            head,
            f"    found: {self.found}",
            f"    expected: {self.expected}",
            f"    what to do: {self.remedy}",
        ]
