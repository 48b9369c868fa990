"""Gate 2 of an air-quality edition: every mart is judged, and every damage is named."""

from __future__ import annotations

from expectations.air_gate import run_air_gate
from tests.expectations.mutation import tried
from warehouse.home import Home


def test_every_mart_is_judged_and_passes(air_home: Home) -> None:
    (working,) = air_home.work.glob("*.duckdb")
    checks = run_air_gate(working)
    assert [
        check.detail for check in checks if not check.passed and check.severity == "error"
    ] == []
    (judged,) = [check for check in checks if check.check_name == "every_mart_is_judged"]
    assert judged.detail.startswith("12 of 12 marts")


def test_a_damaged_column_is_named(air_home: Home) -> None:
    (working,) = air_home.work.glob("*.duckdb")
    results = tried(working)
    assert [mutation.name for mutation, named in results.items() if not named] == []
    assert len(results) >= 12
