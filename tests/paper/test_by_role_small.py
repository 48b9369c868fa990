"""`compare --by-role` on the small synthetic economy: the parts are those of runs with these files landed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from atlas.subjects import headlines
from synth import emissions
from synth.files import EMISSION_LEVEL, write_files
from tests.commands import tradeplume
from warehouse.home import locate
from warehouse.kept import kept_releases

LABEL, YEAR = "paper-2017 (synthetic)", 2017


def run(home: Path) -> None:
    tradeplume(home, "run", "--edition", "paper-2017", "--quiet")


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_the_parts_are_those_of_runs_with_the_files_landed(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    economy = write_files(home, size="small", seed=3, noise=0.0, with_truth=False)
    write_files(other, size="small", seed=3, noise=1.0, with_truth=False)
    landing = home / "landing" / "paper-2017"
    run(home)
    # The inventory alone becomes lower, then customs differ, too: releases 1, 2 and 3.
    (file,) = (landing / "sector_emission").iterdir()
    old = tmp_path / "old" / file.name
    old.parent.mkdir()
    file.rename(old)
    emissions.write_meic(economy, file, 3, YEAR, EMISSION_LEVEL)
    run(home)
    shutil.move(landing / "trade", tmp_path / "old" / "trade")
    shutil.move(other / "landing" / "paper-2017" / "trade", landing / "trade")
    run(home)
    said = tradeplume(
        home, "compare", "1", "3", "--by-role", "-f", "json",
        "--files", str(old.parent), "--files", str(old.parent / "trade"),
    )  # fmt: skip
    answer = json.loads(said[said.index("{\n") : said.rindex("}") + 1])["by_role"]
    assert (answer["runs"], answer["refused"]) == (4, {})
    first, second, _ = (headlines(kept.path, LABEL, YEAR) for kept in kept_releases(locate(home)))
    for each in answer["splits"]:
        parts = {part["taken"]: part["change_t"] for part in each["parts"]}
        figure = each["headline"], each["pollutant"]
        assert set(parts) == {"sector_emission", "trade"}
        # What a run with the lower inventory landed moved; both sum the same double figures.
        assert parts["sector_emission"] == pytest.approx(second[figure] - first[figure], rel=1e-9)
        assert each["rest_t"] == 0
        whole = sum(parts.values()) + each["interaction_t"]
        assert whole == pytest.approx(each["b_t"] - each["a_t"], rel=1e-9)
    exported = [each for each in answer["splits"] if each["headline"].startswith("Emissions that")]
    assert len(exported) > 5
    assert all(each["interaction_t"] for each in exported if each["pollutant"] == "SO2")
    left = [*(home / "work").iterdir()]
    assert {path.name for path in left} <= {f"{LABEL}-{YEAR}.duckdb", f"{LABEL}-{YEAR}.lock"}
