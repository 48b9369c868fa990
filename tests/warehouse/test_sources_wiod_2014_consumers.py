"""China's output by consuming country from WIOD 2014: origins that meet their sums, output that serves whom."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from warehouse.errors import InputError
from warehouse.sources import wiod_2014_consumers
from warehouse.sources.wiod_2014_consumers import origins, output_of, pattern_of
from warehouse.sources.wiod_2016_parts import INDUSTRIES

COUNTRIES, SIZE = 3, 4


def test_origins_meet_both_sums_and_sell_nothing_at_home() -> None:
    rng = np.random.default_rng(3)
    true = rng.uniform(1, 9, (COUNTRIES, SIZE, COUNTRIES, SIZE))
    true *= ~np.eye(COUNTRIES, dtype=bool)[:, None, :, None]
    sold, bought = true.sum(axis=(2, 3)), true.sum(axis=(0, 1))
    found = origins(rng.uniform(1, 9, true.shape), sold, bought)
    np.testing.assert_allclose(found.sum(axis=(2, 3)), sold, rtol=1e-5)
    np.testing.assert_allclose(found.sum(axis=(0, 1)), bought, rtol=1e-5)
    assert all((found[at, :, at] == 0).all() for at in range(COUNTRIES))
    np.testing.assert_allclose(origins(true, sold, bought), true, rtol=1e-5)


def test_sums_that_no_origin_meets_are_refused() -> None:
    sold, bought = np.zeros((2, 1)), np.zeros((2, 1))
    sold[0], bought[0] = 5.0, 5.0  # one country sells abroad what only itself buys
    with pytest.raises(InputError, match="cannot meet"):
        origins(np.ones((2, 1, 2, 1)), sold, bought)


def economy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flows, final use and output of three countries that close."""
    rng = np.random.default_rng(5)
    flows = rng.uniform(0, 1, (COUNTRIES, SIZE, COUNTRIES, SIZE))
    final = rng.uniform(1, 3, (COUNTRIES, SIZE, COUNTRIES, 5))
    return flows, final, flows.sum(axis=(2, 3)) + final.sum(axis=(2, 3))


def test_output_by_consumer_is_what_the_inverse_says() -> None:
    flows, final, output = economy()
    found = output_of(flows, final, output, 0)
    whole = COUNTRIES * SIZE
    inverse = np.linalg.inv(np.eye(whole) - flows.reshape(whole, whole) / output.ravel())
    for consumer in (1, 2):
        demand = final[:, :, consumer, :].reshape(whole, 5).sum(axis=1)
        served = found[consumer].sum(axis=(1, 2))
        np.testing.assert_allclose(served, (inverse @ demand)[:SIZE], rtol=1e-10)
    assert (found[0] == 0).all()
    # Government bought a third category alone.
    alone = np.zeros_like(final)
    alone[..., 2] = final[..., 2]
    np.testing.assert_allclose(
        output_of(flows, alone, output, 0)[:, :, 1], found[:, :, 1], rtol=1e-10
    )


def test_the_older_pattern_takes_its_place_by_industry_and_country() -> None:
    rows = [
        ("CHN", "c14", "ROW", "c13", "intermediate", 7.0),
        ("ROM", "c4", "CHN", "c1", "intermediate", 2.0),
        ("ROM", "c5", "CHN", "c1", "intermediate", 3.0),
        ("CHN", "c14", "CHN", "households", "final_demand", 9.0),
    ]
    every = [
        (region, f"c{number}", region, f"c{number}", "intermediate", 0.0)
        for region in ("CHN", "ROM", "ROW")
        for number in range(1, 36)
    ]
    schema = ["from_region", "from_sector", "to_region", "to_code", "block", "value_musd"]
    older = pl.DataFrame([*every, *rows], schema=schema, orient="row")
    pattern = pattern_of(older, ["CHN", "ROU", "NOR"])
    at = {name: place for place, name in enumerate(INDUSTRIES)}
    # Norway stands within the rest of the world of 2011; electronics follow c14, machinery c13.
    assert pattern[0, at["C26"], 2, at["C28"]] == 7.0
    assert pattern[1, at["C13-C15"], 0, at["A01"]] == 5.0
    assert pattern[0, at["C26"], 0].sum() == 0


def test_every_industry_follows_sectors_of_the_older_release() -> None:
    assert set(wiod_2014_consumers._SECTORS_OF) == set(INDUSTRIES)
    world = pl.read_parquet(Path("warehouse/bundled/open_2007/global_table.parquet"))
    assert {code for codes in wiod_2014_consumers._SECTORS_OF.values() for code in codes} == set(
        world["from_sector"]
    )


def test_what_lacks_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wiod11.rda").write_bytes(b"x")
    with pytest.raises(InputError, match="two files"):
        wiod_2014_consumers.read([tmp_path / "wiod11.rda"], "consumer_output", 2017)
