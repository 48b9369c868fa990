"""What a check found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warn"]


@dataclass(frozen=True)
class CheckResult:
    """One check of one run: a row of meta.check_result.

    gate: `raw`, `identity` or `marts`.  suite: its group, `<schema>__<table>__<purpose>`.
    scope: the table or part it looked at.  measured: what was found, None if nothing could be.
    tolerance: the largest measured value that passes, None when the check has no such bound.
    severity: `error` stops the run, `warn` informs.
    """

    gate: str
    suite: str
    check_name: str
    scope: str
    measured: float | None
    tolerance: float | None
    passed: bool
    severity: Severity
    detail: str


def within(measured: float | None, tolerance: float) -> bool:
    """Whether something was measured and is small enough; not-a-number never is."""
    return measured is not None and not math.isnan(measured) and measured <= tolerance
