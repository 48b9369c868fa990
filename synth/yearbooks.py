"""Yearbook tables: one indicator a file, from the shares that the provincial table is split by.

English workbooks for farming and food, Chinese CSV files for the rest. The figures carry more digits than the
bureau prints, so that what linking gives back is not limited by rounding. One province has no price of beef.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synth.codes import YEAR, rows
from synth.economy import Economy
from synth.figures_of import all_provinces
from synth.names import bureau_province, chinese_province
from synth.workbook import Cell, Sheet, write
from warehouse.sources import yearbook
from warehouse.synthetic import MARK

Array = NDArray[np.float64]
_PRICES_CNY_T = {"rice": 2880.0, "wheat": 2340.0, "beef": 55_000.0}
_NAMES = {
    "output_10k_t": ("10000 tons", "万吨"),
    "price_cny_t": ("yuan/ton", "元/吨"),
    "output_value_10k_cny": ("100 million yuan", "亿元"),
}
_FOOD_SECTORS = ("01", "06")


def write_all(economy: Economy, folder: Path, seed: int) -> None:
    """Write every indicator that the seed of products asks for."""
    rng = np.random.default_rng(seed + 3)
    value = _output_values(economy, rng)
    figures: dict[tuple[str, str], Array] = {}
    for product in economy.place.codes.products:
        worth = value[product.from_code, product.to_code]
        if product.is_priced:
            price = _PRICES_CNY_T[product.code] * rng.lognormal(0.0, 0.08, worth.size)
            amount = worth / price
            if product.code == "beef":
                # No price is printed for the last province: the mean by output of the others holds there.
                mean = float((price[:-1] * amount[:-1]).sum() / amount[:-1].sum())
                amount[-1] = worth[-1] / mean
                price[-1] = np.nan
            figures[product.code, "output_10k_t"] = amount
            figures[product.code, "price_cny_t"] = price
        elif product.code == "grain":
            figures["grain", "output_value_10k_cny"] = (
                value["01", "pdr"] + value["01", "wht"] + value["01", "gro"]
            )
        else:
            figures[product.code, "output_value_10k_cny"] = worth
    sector_of = {product.code: product.from_code for product in economy.place.codes.products}
    for item in rows(Path(yearbook.__file__).with_name("yearbook_items.csv")):
        key = (item["product_code"], item["measure"])
        if key in figures:
            in_english = sector_of[key[0]] in _FOOD_SECTORS
            _write(economy, folder, item, figures[key], in_english=in_english)


def _output_values(economy: Economy, rng: np.random.Generator) -> dict[tuple[str, str], Array]:
    """10,000 CNY by pair: the pair's share of its sector's output, at the yearbook's own coverage."""
    place, china = economy.place, economy.china
    covered = (
        rng.uniform(0.9, 1.05, (len(place.provinces), 42))
        * china.output
        * place.codes.cny_per_usd
        * 100.0
    )
    worth = china.shares * covered[:, place.pair_42]
    return {pair: worth[:, number] for number, pair in enumerate(place.codes.pairs)}


def _write(
    economy: Economy, folder: Path, item: dict[str, str], figures: Array, *, in_english: bool
) -> None:
    at = {code: number for number, code in enumerate(economy.place.provinces)}
    unit = _NAMES[item["measure"]][0 if in_english else 1]
    scale = 1e-4 if item["measure"] == "output_value_10k_cny" else 1.0
    name = item["english" if in_english else "chinese"].split("|")[0]
    lines: list[Sequence[Cell]] = []
    for code in all_provinces():
        figure = float(figures[at[code]]) * scale if code in at else float("nan")
        known = np.isfinite(figure)
        values: list[Cell] = [None, figure * 1.03, figure, figure * 0.98] if known else [None] * 4
        lines.append([bureau_province(code) if in_english else chinese_province(code), *values])
    stem = f"{item['product_code']} {item['measure']}"
    if in_english:
        head: list[Sequence[Cell]] = [
            ["Database：Annual by Province"],
            [f"Indicators：{name}({unit})"],
            [f"Year：{YEAR - 1}-"],
            ["Region", *(str(YEAR + step) for step in (2, 1, 0, -1))],
        ]
        tail: list[Sequence[Cell]] = [[f"Data Sources：{MARK}"]]
        write(folder / f"{stem}.xlsx", [Sheet("Annual by Province", [*head, *lines, *tail])])
    else:
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(["数据库：分省年度数据"])
        writer.writerow([f"指标：{name}({unit})"])
        writer.writerow([f"时间：{YEAR - 1}-"])
        writer.writerow(["地区", *(f"{YEAR + step}年" for step in (2, 1, 0, -1))])
        writer.writerows([["" if cell is None else cell for cell in line] for line in lines])
        writer.writerow([f"数据来源：{MARK}"])
        (folder / f"{stem}.csv").write_bytes(stream.getvalue().encode("gb18030"))
