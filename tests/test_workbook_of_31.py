"""A CEADs workbook of 31 provinces and a world table of countries through gate 2: the linked table comes back."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.commands import tradeplume
from tests.workbook_of_31 import ABROAD, ICIO, WORKBOOK, read_world, write_files

WORK = "open-2017-2017.duckdb"


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_the_linked_table_of_31_provinces_comes_back(own_home: Path, tmp_path: Path) -> None:
    """Both gates pass. Exports move by the caps and the trace share of the edition: a thousandth is allowed."""
    truth = write_files(own_home / "work" / WORK, tmp_path)
    for role, name in (("global_table", ICIO), ("provincial_mrio", WORKBOOK)):
        folder = own_home / "landing" / "open-2017" / role
        folder.mkdir(parents=True)
        shutil.move(tmp_path / name, folder / name)
    tradeplume(own_home, "run", "--without-concentrations")
    found = read_world(own_home / "work" / WORK, ABROAD)
    assert (list(found.provinces), list(found.sectors)) == (
        list(truth.provinces),
        list(truth.sectors),
    )
    for part in ("flows", "demand", "sold", "bought"):
        made, known = getattr(found, part), getattr(truth, part)
        moved = float(np.abs(made - known).sum() / np.abs(known).sum())
        assert moved < 1e-3, (part, moved)
    with duckdb.connect(str(own_home / "work" / WORK), read_only=True) as con:
        names = {
            name for (name,) in con.sql("select assumption from marts.fct_assumption").fetchall()
        }
        ((world_sectors,),) = con.sql(
            "select global_classification from marts.dim_edition"
        ).fetchall()
    gone = {"interprovincial_flow_by_gravity", "transit_removed", "final_demand_parted"}
    assert not gone & names
    assert "import_products_as_in_the_nation" in names
    assert world_sectors == "icio30", "the reader brings the ICIO to the edition's sectors"
    listed = " ".join(tradeplume(own_home, "editions").split())
    assert f"global_table icio yours: {ICIO}" in listed
    assert f"provincial_mrio ceads_mrio yours: {WORKBOOK}" in listed
    assert "not used: provincial_mrio takes its place" in listed
