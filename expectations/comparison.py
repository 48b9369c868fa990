"""Two sides that must be equal: summed by place, compared relatively, judged in one CheckResult."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from expectations.results import CheckResult, within

SUITE = "marts__linked_table__identity"

# Below a million dollars or a tonne a difference is measured against these, not against the cell.
FLOOR_MUSD = 1.0
FLOOR_T = 1.0

# 2026-11-21: the bound that METHOD sets for a balanced table.
BALANCED = 1e-6
# 2026-11-21: two ways through double precision to the same sum.
EXACT = 1e-9
# 2026-11-21: a residual of 1e-6 in a row of the table comes back through the Leontief inverse,
# times an output multiplier of about 3; ten leaves room.
SOLVED = 1e-5


@dataclass(frozen=True)
class Comparison:
    """An identity: two queries with columns place and amount, summed by place.

    The difference is |left - right| / max(|left|, |right|, floor), the largest over all places; a
    side that lacks a place counts as zero there.  floor: in the unit of the amounts.  scope: the
    table it is about.
    """

    name: str
    scope: str
    left: str
    right: str
    floor: float
    tolerance: float

    def check(self, connection: duckdb.DuckDBPyConnection) -> CheckResult:
        """The measured difference against the tolerance. Comparing nothing, or zeros, fails."""
        ((places, weight, measured, worst, left, right),) = connection.sql(self._query()).fetchall()
        if not places or not weight:
            return self._result(None, False, "nothing to compare")
        detail = (
            f"{places:,} places; largest difference at {worst}: {left:.10g} against {right:.10g}"
        )
        return self._result(measured, within(measured, self.tolerance), detail)

    def _query(self) -> str:
        return f"""
            with lefts as (
                select place, sum(amount) as amount from ({self.left}) group by place
            ),
            rights as (
                select place, sum(amount) as amount from ({self.right}) group by place
            ),
            compared as (
                select
                    coalesce(lefts.place, rights.place) as place,
                    coalesce(lefts.amount, 0) as left_amount,
                    coalesce(rights.amount, 0) as right_amount,
                    abs(left_amount - right_amount)
                    / greatest(abs(left_amount), abs(right_amount), {self.floor}) as difference
                from lefts
                full outer join rights on lefts.place = rights.place
            )
            select
                count(*),
                least(sum(abs(left_amount)), sum(abs(right_amount))),
                max(difference),
                arg_max(place, difference),
                arg_max(left_amount, difference),
                arg_max(right_amount, difference)
            from compared
        """

    def _result(self, measured: float | None, passed: bool, detail: str) -> CheckResult:
        return CheckResult(
            gate="identity",
            suite=SUITE,
            check_name=self.name,
            scope=self.scope,
            measured=measured,
            tolerance=self.tolerance,
            passed=passed,
            severity="error",
            detail=detail,
        )
