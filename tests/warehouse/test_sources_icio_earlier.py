"""The ICIO brought to an earlier year: China as its national table has it, partners between two ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from warehouse.errors import InputError
from warehouse.icio_industries import INDUSTRIES
from warehouse.sources import icio_earlier, icio_factored
from warehouse.sources.icio_earlier import Anchor, National, brought_to_year, national_of
from warehouse.sources.icio_factored import Factored

SharedData = Callable[[str], Path]
OECD = "economy/ionet_china_national_IO/OECD21ed_CHN_1995to2018.rda"
ICIO = "economy/oecd_icio_2017_7x44/"
REGIONS = ["CHN", "ROW", "USA"]
SIZE = len(INDUSTRIES)


def table() -> Factored:
    """Three regions that sell most at home; inputs and value added differ by industry."""
    rng = np.random.default_rng(7)
    sales = rng.uniform(1, 5, (3, 3, SIZE))
    sales[np.arange(3), np.arange(3)] += 60
    shares = rng.uniform(0.1, 1, (3, SIZE, SIZE))
    return Factored(
        sales, rng.uniform(0.4, 0.7, (3, SIZE)), shares / shares.sum(axis=1, keepdims=True)
    )


def china(of: Factored) -> National:
    abroad = of.sales[0, 1:].sum(axis=0), of.sales[1:, 0].sum(axis=0)
    return National(of.sales[0].sum(axis=0), *abroad, of.added[0], of.shares[0])


def anchor(of: Factored) -> Anchor:
    """The same year at the other end."""
    sent, taken = of.sales[0].sum(axis=1), of.sales[:, 0].sum(axis=1)
    sent[0] = taken[0] = 0
    return Anchor(demand_of(of), sent, taken)


def demand_of(of: Factored) -> Any:
    return icio_earlier.final_demand(of).sum(axis=1)


def test_a_year_between_two_equal_ends_is_the_table_itself() -> None:
    whole = table()
    found = brought_to_year(REGIONS, whole, china(whole), anchor(whole), 0.3)
    np.testing.assert_allclose(found.sales, whole.sales, rtol=1e-9)
    np.testing.assert_array_equal(found.added, whole.added)


def test_china_is_the_national_table_and_partners_grow_between_the_ends() -> None:
    whole = table()
    national = china(whole)
    half = replace(
        national,
        output=national.output / 2,
        exports=national.exports / 4,
        imports=national.imports / 3,
    )
    ends = anchor(whole)
    earlier = Anchor(ends.demand * [1, 0.5, 1], np.array([0.0, 3, 1]), np.array([0.0, 1, 3]))
    found = brought_to_year(REGIONS, whole, half, earlier, 0.5)
    np.testing.assert_allclose(found.sales[0].sum(axis=0), half.output)
    np.testing.assert_allclose(found.sales[0, 1:].sum(axis=0), half.exports, rtol=1e-8)
    np.testing.assert_allclose(found.sales[1:, 0].sum(axis=0), half.imports, rtol=1e-8)
    demand = icio_earlier.final_demand(found)
    np.testing.assert_allclose(demand[1], 0.75 * icio_earlier.final_demand(whole)[1], rtol=1e-8)
    np.testing.assert_allclose(demand[2], icio_earlier.final_demand(whole)[2], rtol=1e-8)
    partner = found.sales[0, 1:].sum(axis=1) / half.exports.sum()
    late = ends.exports[1:] / ends.exports.sum()
    np.testing.assert_allclose(partner, 0.5 * np.array([0.75, 0.25]) + 0.5 * late, rtol=1e-8)


def test_a_product_without_partner_and_exports_above_output_are_refused() -> None:
    whole = table()
    national, ends = china(whole), anchor(whole)
    unsold = replace(whole, sales=whole.sales.copy())
    unsold.sales[0, 1:, 4] = 0
    with pytest.raises(InputError, match="did not trade") as caught:
        brought_to_year(REGIONS, unsold, national, ends, 0.5)
    assert INDUSTRIES[4] in str(caught.value.row)
    small = replace(national, output=np.where(np.arange(SIZE) == 9, 1.0, national.output))
    with pytest.raises(InputError, match="exports more") as caught:
        brought_to_year(REGIONS, whole, small, ends, 0.5)
    assert INDUSTRIES[9] in str(caught.value.row)


def national_frame() -> pd.DataFrame:
    """A national table in OECD's codes: every industry makes 100, half of it from itself."""
    codes = [f"{number:02d}" for number in range(1, SIZE + 2)]
    final = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "CONS_ABR", "CONS_NONRES", "EXPO", "IMPO")
    columns = [*codes, *final]
    frame = pd.DataFrame(0.0, index=[*codes, "VALU", "OUTPUT"], columns=columns)
    for code in codes[:-1]:
        frame.loc[code, [code, "HFCE", "EXPO", "CONS_NONRES", "IMPO"]] = [50, 45, 8, 2, -5]
        frame.loc[["VALU", "OUTPUT"], code] = [50, 100]
    return frame


def test_purchases_of_non_residents_are_exports() -> None:
    national = national_of(national_frame(), Path("x.rda"))
    assert national.exports.tolist() == [10.0] * SIZE
    assert national.imports.tolist() == [5.0] * SIZE
    assert national.added.tolist() == [0.5] * SIZE
    np.testing.assert_array_equal(national.shares, np.eye(SIZE))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="CONS_NONRES"), "lacks columns"),
        (lambda frame: frame.drop(index="17"), "lacks rows"),
        (lambda frame: frame.replace({"EXPO": {8.0: 800.0}}), "do not add up"),
        (lambda frame: frame.assign(IMPO=-frame["IMPO"]), "do not add up"),
        (lambda frame: frame.drop(columns="HFCE"), "lacks columns.*HFCE"),
        (lambda frame: pd.concat([frame, frame.loc[["17"]]]), "twice.*more than one 17"),
        (lambda frame: frame.replace({"EXPO": {8.0: np.nan}}), "not a number"),
        (lambda frame: frame.assign(EXPO="n/a"), "R list of figures"),
    ],
)
def test_a_national_table_that_is_not_whole_is_refused(
    change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    with pytest.raises(InputError, match=f"(?s){message}"):
        national_of(change(national_frame()), Path("x.rda"))


@pytest.mark.parametrize("year", [2011, 2017])
def test_a_year_at_or_beyond_an_end_is_refused(tmp_path: Path, year: int) -> None:
    names = ("TradeFlow2017.csv", "vashare.csv", "IOshare.csv", "OECD21ed_CHN_x.rda", "wiod11.rda")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError, match="between its two ends"):
        icio_earlier.read([tmp_path / name for name in names], "global_table", year)
    with pytest.raises(InputError, match="five files"):
        icio_earlier.read([tmp_path / names[0]], "global_table", 2012)


def test_the_national_table_of_2017_is_china_in_the_icio(shared_data: SharedData) -> None:
    """What the derivation rests on: both are one edition, so China of another year is exact, too."""
    names = ("TradeFlow2017.csv", "vashare.csv", "IOshare.csv.gz")
    files = [shared_data(f"{ICIO}{name}") for name in names]
    regions, whole = icio_factored.factors(files, 2017)
    home = regions.index("CHN")
    national = icio_earlier.national_table(shared_data(OECD), 2017)
    np.testing.assert_allclose(national.output, whole.sales[home].sum(axis=0), rtol=2e-6)
    sent, taken = whole.sales[home].sum(axis=0), whole.sales[:, home].sum(axis=0)
    own = whole.sales[home, home]
    # The tables round to a tenth of a million; 99 million of transport services differ.
    np.testing.assert_allclose(national.exports, sent - own, atol=100)
    np.testing.assert_allclose(national.imports, taken - own, atol=100)


def test_every_region_of_wiod_goes_to_a_region_of_the_icio() -> None:
    region = icio_earlier.region_of_wiod(icio_earlier.REGION_SEED)
    assert len(region) == 41
    assert set(region.values()) == {"BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA"}
    world = pl.read_parquet(Path("warehouse/bundled/open_2007/global_table.parquet"))
    assert set(region) == set(world["from_region"])
