"""Files without noise, read and linked by the rules, give the truth back; with noise they do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from linking_oracle import Linked, link

from synth.codes import DEMANDS, SEEDS, codes, rows
from synth.files import write_files
from warehouse.contracts import CONTRACTS, validate
from warehouse.sources import READERS
from warehouse.synthetic import is_synthetic

pytestmark = pytest.mark.slow

READER_OF = {
    "gtap_flow": "gtap_har",
    "provincial_mrio": "ceads_mrio",
    "trade": "customs",
    "sector_output": "yearbook",
    "sector_emission": "meic",
    "subsector_emission": "gains",
    "ammonia": "ammonia_products",
}


def read_all(out: Path) -> dict[str, pl.DataFrame]:
    frames = {}
    for role, name in READER_OF.items():
        folder = out / "landing" / "paper-2017" / role
        files = sorted(folder.iterdir())
        assert all(READERS[name].recognises(file) for file in files)
        frames[role] = validate(READERS[name].read(files, role, 2017), CONTRACTS[role], file=folder)
    return frames


def linked(out: Path) -> Linked:
    frames = read_all(out)
    regimes = {
        row["regime_code"]: row["is_included"] == "true"
        for row in rows(SEEDS / "customs" / "trade_regime.csv")
    }
    return link(
        codes(),
        frames["gtap_flow"],
        frames["provincial_mrio"],
        frames["trade"],
        frames["sector_output"],
        regimes,
    )


def truth_blocks(out: Path, producers: list[str]) -> dict[str, np.ndarray]:
    sectors = codes().sectors
    at = {name: number for number, name in enumerate(producers)}
    users = [*sectors, *DEMANDS]
    column = {name: number for number, name in enumerate(users)}
    blocks = {name: np.zeros((len(producers) * len(sectors), len(users))) for name in producers}
    for name, use in (("mrio_flow", "to_sector"), ("mrio_final_demand", "demand_category")):
        frame = pl.read_parquet(out / "truth" / f"{name}.parquet").with_columns(
            pl.exclude("value_musd").cast(pl.String)
        )
        for (user,), group in frame.group_by("to_region"):
            row = [
                at[p] * len(sectors) + column[s]
                for p, s in zip(group["from_region"], group["from_sector"], strict=True)
            ]
            blocks[user][row, [column[u] for u in group[use]]] = group["value_musd"].to_numpy()
    return blocks


def largest_error(found: Linked, truth: dict[str, np.ndarray]) -> float:
    """Relative to each cell, or to 0.001 million USD where it is smaller."""
    return max(
        float(
            (np.abs(found.blocks[name] - truth[name]) / np.maximum(np.abs(truth[name]), 1e-3)).max()
        )
        for name in found.producers
    )


def test_linking_the_files_gives_the_truth_back(quiet: Path) -> None:
    found = linked(quiet)
    assert largest_error(found, truth_blocks(quiet, found.producers)) < 1e-6


def test_the_truth_is_balanced(quiet: Path) -> None:
    output = pl.read_parquet(quiet / "truth" / "mrio_output.parquet")
    producers = list(dict.fromkeys(output["region"]))
    blocks = truth_blocks(quiet, producers)
    made = sum(block.sum(1) for block in blocks.values())
    assert np.allclose(made, output["output_musd"].to_numpy(), rtol=1e-12)
    final = sum(block[:, len(codes().sectors) :].sum() for block in blocks.values())
    assert output["value_added_musd"].sum() == pytest.approx(final, rel=1e-12)
    assert (output["value_added_musd"] > 0).all()


def test_noise_is_an_error_that_shows(tmp_path: Path) -> None:
    write_files(tmp_path, size="small", seed=11, noise=1.0)
    found = linked(tmp_path)
    assert largest_error(found, truth_blocks(tmp_path, found.producers)) > 0.01


def test_every_file_carries_the_mark(quiet: Path) -> None:
    files = [file for file in (quiet / "landing").rglob("*") if file.is_file()]
    assert len(files) > 60
    assert [file.name for file in files if not is_synthetic(file)] == []


def test_quirks_are_in_the_files(quiet: Path) -> None:
    frames = read_all(quiet)
    prices = frames["sector_output"].filter(product_code="beef", measure="price_cny_t")
    assert prices.height == 4  # of five provinces
    assert {"33", "34", "15"} <= set(frames["trade"]["regime_code"])
    first = next((quiet / "landing/paper-2017/trade").glob("export-*-13_*.csv")).read_text(
        "gb18030"
    )
    assert any(line.split(",")[0].strip('"\t').__len__() == 7 for line in first.splitlines()[1:])
    assert (frames["provincial_mrio"].filter(column_code="FU202")["value_10k_cny"] < 0).any()


def written(folder: Path) -> dict[str, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_the_same_seed_gives_the_same_bytes(quiet: Path, tmp_path: Path) -> None:
    write_files(tmp_path, size="small", seed=11, noise=0.0, with_truth=False)
    assert written(tmp_path / "landing") == written(quiet / "landing")


def test_the_same_seed_gives_the_same_noise(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_files(tmp_path / name, size="small", seed=5, noise=0.7, with_truth=False)
    assert written(tmp_path / "one") == written(tmp_path / "two")
