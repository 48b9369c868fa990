"""Editions of kind `paper`: labels, what they inherit from the landing folder, their steps and seeds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from compute.balance import gras
from compute.frames import Axis, UnknownLabels
from flows.run import steps_of
from steps.cells import read_matrix
from steps.whole_table import moved
from warehouse import licensed_concordances
from warehouse.edition import load_edition
from warehouse.labels import edition_name
from warehouse.landing import labelled, resolve
from warehouse.synthetic import MARK, is_synthetic
from warehouse.tables import Tables

ROLES = ("gtap_flow", "provincial_mrio", "trade", "sector_output")
COLUMNS = "province,product_category,emission_t\n"


def land(home: Path, edition: str, role: str, text: str) -> Path:
    file = home / "landing" / edition / role / "file.csv"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_a_newer_edition_takes_what_it_lacks_from_the_one_it_extends(tmp_path: Path) -> None:
    for role in load_edition("paper-2017", tmp_path).roles:
        land(tmp_path, "paper-2017", role, COLUMNS)
    newer = land(tmp_path, "nowcast-2020", "ammonia", COLUMNS)
    found = {item.role: item for item in resolve(load_edition("nowcast-2020", tmp_path), tmp_path)}
    assert found["ammonia"].files == [newer]
    assert found["ammonia"].year == 2020
    assert {found[role].year for role in ROLES} == {2017}
    assert all("paper-2017" in str(file) for role in ROLES for file in found[role].files)


def test_one_marked_file_marks_the_edition(tmp_path: Path) -> None:
    edition = load_edition("nowcast-2020", tmp_path)
    land(tmp_path, "nowcast-2020", "ammonia", COLUMNS)
    assert labelled(edition, tmp_path).label == "nowcast-2020"
    land(tmp_path, "paper-2017", "trade", f"# {MARK}\n")
    marked = labelled(edition, tmp_path)
    assert marked.label == "nowcast-2020 (synthetic)" == marked.variables["edition"]
    assert edition_name(marked.label) == "nowcast-2020"


def test_a_large_file_is_marked_at_either_end(tmp_path: Path) -> None:
    for name, content in {
        "head": MARK.encode() + b"0" * 3_000_000,
        "tail": b"0" * 3_000_000 + MARK.encode(),
        "none": b"0" * 3_000_000,
    }.items():
        file = tmp_path / name
        file.write_bytes(content)
        assert is_synthetic(file) == (name != "none")


def test_a_licensed_edition_has_flows_and_so_no_gravity() -> None:
    names = [step.name for step in steps_of("paper")]
    assert not {"trade", "link", "gravity"} & set(names)
    assert names.index("prepare") < names.index("balance") < names.index("footprint")
    assert [step.name for step in steps_of("footprint")][:7] == [
        "load", "gate-raw", "prepare", "trade", "link", "gravity", "assemble",
    ]  # fmt: skip


def test_concordances_are_what_the_source_lists_give(shared_data: Callable[[str], Path]) -> None:
    source = shared_data("economy")
    for name, made in {
        "cn42_2017__gtap65": licensed_concordances.cn42_to_gtap65(source),
        "hs2017__gtap65": licensed_concordances.hs2017_to_gtap65(source),
        "iso3__gtap11": licensed_concordances.iso3_to_gtap11(source),
    }.items():
        assert licensed_concordances.written(name) == made


@pytest.mark.parametrize("name", ["customs_partner__gtap11", "iso3__gtap11"])
def test_partners_cover_every_region(name: str) -> None:
    seeds = licensed_concordances.SEEDS
    reached = set(pl.read_csv(licensed_concordances.seed(name), infer_schema=False)["to_code"])
    regions = pl.read_csv(seeds / "codes" / "region.csv", infer_schema=False)
    every = set(regions.filter(pl.col("kind") != "province")["code"]) - {"ROW", "ROM", "EU"}
    assert len(every) == 160
    assert reached == every


def test_world_regions_are_thirteen() -> None:
    regions = pl.read_csv(licensed_concordances.SEEDS / "codes" / "region.csv")
    assert regions["world_region"].n_unique() == 13


def test_long_rows_become_a_matrix_and_strays_are_refused() -> None:
    rows = Axis(pl.DataFrame({"region": ["A", "B"], "sector": ["s", "s"]}))
    columns = Axis(pl.DataFrame({"user": ["u", "v", "w"]}))
    query = "select 'B' as r, 's' as s, 'v' as u, 2.0 as x union all select 'B', 's', 'v', 3.0"
    with duckdb.connect() as con:
        matrix = read_matrix(Tables(con), query, rows, ["r", "s"], columns, ["u"], "x")
        with pytest.raises(UnknownLabels):
            read_matrix(Tables(con), "select 'C' as r, 's' as s, 'v' as u, 1.0 as x", rows, ["r", "s"],
                        columns, ["u"], "x")  # fmt: skip
    assert matrix.tolist() == [[0, 0, 0], [0, 5, 0]]


def test_what_balancing_moves_is_summed_by_block() -> None:
    regions = ["CN-GD", "CN-HE", "USA"]
    axis = Axis.product(region=regions, sector=["s", "t"])
    columns = Axis(
        axis.labels.rename({"sector": "user_code"}).with_columns(user_kind=pl.lit("sector"))
    )
    blocks = {
        (one, other): "local" if one == other else "interprovincial"
        for one in regions[:2]
        for other in regions[:2]
    } | {(name, "USA"): "export" for name in regions[:2]}
    blocks |= {("USA", name): "import" for name in regions[:2]} | {("USA", "USA"): "foreign"}
    prior = np.random.default_rng(1).random((6, 6))
    balanced = gras(prior, prior.sum(axis=1) * 1.1, prior.sum(axis=0) * 1.1)
    found = moved(prior, balanced, axis, columns, blocks)
    brute = np.abs(balanced.table - prior)
    assert found["moved_musd"].sum() == pytest.approx(brute.sum())
    abroad = found.filter(block="export", region="USA")["moved_musd"][0]
    assert abroad == pytest.approx(brute[:4, 4:].sum())
    local = found.filter(block="local", region="CN-HE")["prior_musd"][0]
    assert local == pytest.approx(prior[2:4, 2:4].sum())
    assert set(found["block"]) == {"local", "interprovincial", "export", "import", "foreign"}
