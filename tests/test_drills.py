"""The table of the drills counts what the report has, and refuses a report of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills import drills, table

REPORT = """<testsuites><testsuite>
<testcase name="test_kills"><properties><property name="tries" value="20"/><property name="lost" value="1"/>
</properties></testcase>
<testcase name="test_damage[a]"><failure>no</failure></testcase>
<testcase name="test_damage[b]"/>
<testcase name="test_slurm"><skipped/></testcase>
</testsuite></testsuites>"""


def test_cases_of_a_drill_are_summed(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    text = table(drills(tmp_path / "report.xml"))
    assert "| `test_kills` | 20 | 0 | 0 | 1 |  |" in text
    assert "| `test_damage` | 2 | 1 | 0 | 0 |  |" in text
    assert text.endswith("| all 3 | 23 | 1 | 1 | 1 | |")


def test_a_report_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text("<testsuites><testsuite/></testsuites>")
    with pytest.raises(ValueError, match="has no test"):
        drills(tmp_path / "report.xml")
