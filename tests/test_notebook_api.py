"""What `import tradeplume` offers to a notebook, on the default edition."""

from __future__ import annotations

from pathlib import Path

import pytest

import tradeplume


def test_three_lines_lead_to_an_answer(default_home: Path) -> None:
    with tradeplume.open(default_home) as connection:
        ((rows,),) = connection.sql("select count(*) from fct_export_emission").fetchall()
    assert rows > 0
    listed = {row[0]: row[2] for row in tradeplume.marts(default_home).fetchall()}
    assert listed["fct_mrio_flow"]
    assert "fct_export_emission" in listed


def test_a_figure_is_plotlys_with_the_map_in_it(default_home: Path) -> None:
    figure = tradeplume.figure("export_map", default_home, pollutant="SO2")
    assert len(figure.data[0].geojson["features"]) >= 31
    assert figure.data[0].z is not None


def test_what_is_not_there_is_said(default_home: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run `tradeplume run` first"):
        tradeplume.open(tmp_path)
    with pytest.raises(ValueError, match="is not a figure of the atlas"):
        tradeplume.figure("no_such", default_home)
